/** Announcements for screen readers: changes of outcomes, together, at most once every two seconds. */

import { checksOf, type ILabView } from './model';
import type { Words } from './words';

const PAUSE = 2_000;

export class Announcer {
  /** `node` has `aria-live="polite"`. */
  constructor(
    private readonly node: HTMLElement,
    private readonly words: Words
  ) {}

  /** Announce what differs from the last view of the same lab. */
  follow(view: ILabView | null): void {
    const before = this._view;
    this._view = view;
    if (!view || before?.lab.id !== view.lab.id) {
      this._waiting.clear();
      return;
    }
    const outcomes = new Map(checksOf(before).map(check => [check.id, check.outcome]));
    for (const check of checksOf(view)) {
      if (outcomes.get(check.id) !== check.outcome) {
        this._waiting.set(check.id, this.words.announced(check));
      }
    }
    this.speak();
  }

  /** Announce a sentence. */
  say(sentence: string): void {
    this._waiting.set(sentence, sentence);
    this.speak();
  }

  private speak(): void {
    if (this._waiting.size === 0 || this._timer) {
      return;
    }
    const wait = Math.max(0, this._last + PAUSE - Date.now());
    this._timer = window.setTimeout(() => {
      this._timer = 0;
      this._last = Date.now();
      this.node.textContent = [...this._waiting.values()].join(' ');
      this._waiting.clear();
    }, wait);
  }

  private _view: ILabView | null = null;
  private _waiting = new Map<string, string>();
  private _last = 0;
  private _timer = 0;
}
