/** The state of the panel, and what its buttons do. */

import { ISignal, Signal } from '@lumino/signaling';

import { Api, Refusal } from './api';
import type { Feed } from './feed';
import type { Host } from './host';
import { labOf, type ICourse, type IHint, type ISolution } from './model';
import type { Words } from './words';

/** What the notebook in front is: none at all, one outside the labs, or a lab's. */
export type Situation = 'no notebook' | 'not a lab' | 'lab';

/** A message below the buttons. */
export interface INotice {
  text: string;
  isError: boolean;
}

/** The help that a learner has asked for in a lab: hints by check, solutions by task. */
export interface IHelp {
  hints: Map<string, IHint[]>;
  solutions: Map<string, ISolution>;
}

export class Controller {
  constructor(
    readonly api: Api,
    readonly feed: Feed,
    readonly words: Words,
    private readonly host: Host,
    private course: ICourse,
    private readonly say: (sentence: string) => void
  ) {
    feed.changed.connect(() => this._changed.emit());
  }

  /** Something that is shown has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  situation: Situation = 'no notebook';
  notice: INotice | null = null;
  /** Whether a cell of the notebook in front has been running for long. */
  isLongCell = false;
  /** The button whose request has not been answered yet. */
  busy = '';
  showCourse: () => void = () => undefined;

  get help(): IHelp {
    const help = this._help.get(this._lab) ?? { hints: new Map(), solutions: new Map() };
    this._help.set(this._lab, help);
    return help;
  }

  /** Follow the notebook in front, by its path; an empty path for none. Returns the id of its lab, if it has one. */
  follow(path: string): string {
    const lab = labOf(path, this.course)?.id ?? '';
    this.situation = lab ? 'lab' : path ? 'not a lab' : 'no notebook';
    if (lab !== this._lab) {
      this.notice = null;
    }
    this._lab = lab;
    this.feed.follow(lab);
    this._changed.emit();
    return lab;
  }

  check(): Promise<void> {
    return this.attempt('check', () => this.api.check(this._lab));
  }

  start(): Promise<void> {
    return this.attempt('start', () => this.api.start(this._lab));
  }

  terminal(): Promise<void> {
    return this.attempt('terminal', () => this.host.openTerminal(this.folder));
  }

  async reset(): Promise<void> {
    if (!(await this.host.confirmReset())) {
      return;
    }
    await this.attempt('reset', async () => {
      const { removed, left } = await this.api.reset(this._lab);
      this._help.delete(this._lab);
      this.tell([this.words.resetDone, this.words.removed(removed), ...left].filter(Boolean).join(' '), left.length > 0);
    });
  }

  hint(check: string): Promise<void> {
    const help = this.help;
    return this.attempt(`hint ${check}`, async () => {
      const hint = await this.api.hint(this._lab, check);
      const earlier = (help.hints.get(check) ?? []).filter(shown => shown.level !== hint.level);
      help.hints.set(check, [...earlier, hint]);
      this.say(`${this.words.hint(hint.level)}: ${hint.text}`);
    });
  }

  solution(task: string): Promise<void> {
    const help = this.help;
    return this.attempt(`solution ${task}`, async () => {
      help.solutions.set(task, await this.api.solution(this._lab, task));
    });
  }

  goToCell(cell: string): Promise<void> {
    return this.attempt('cell', async () => {
      if (!(await this.host.goToCell(cell))) {
        this.tell(this.words.noCell, true);
      }
    });
  }

  open(notebook: string): Promise<void> {
    return this.attempt('open', () => this.host.openNotebook(notebook));
  }

  setLongCell(isLong: boolean): void {
    if (isLong !== this.isLongCell) {
      this.isLongCell = isLong;
      this._changed.emit();
    }
  }

  stopCell(): Promise<void> {
    return this.attempt('stop', () => this.host.stopCell());
  }

  dismiss(): void {
    this.notice = null;
    this._changed.emit();
  }

  private get folder(): string {
    return this.feed.view?.lab.folder ?? this._lab;
  }

  /** Run an action; what goes wrong becomes a message. */
  private async attempt(name: string, action: () => Promise<unknown>): Promise<void> {
    if (this.busy) {
      return;
    }
    this.busy = name;
    this.notice = null;
    this._changed.emit();
    try {
      await action();
    } catch (error) {
      this.tell(messageOf(error), true);
    }
    this.busy = '';
    this._changed.emit();
  }

  private tell(text: string, isError: boolean): void {
    this.notice = { text, isError };
    this._changed.emit();
  }

  private _lab = '';
  private _help = new Map<string, IHelp>();
  private _changed = new Signal<this, void>(this);
}

/** Return what a person can do with an error. */
export function messageOf(error: unknown): string {
  const fix = error instanceof Refusal ? error.fix : '';
  const message = error instanceof Error ? error.message : String(error);
  return [message, fix].filter(Boolean).join(' ');
}
