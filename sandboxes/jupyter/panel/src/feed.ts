/** The stream of the lab in front: one connection, opened again when it ends, closed while the panel is hidden. */

import { ISignal, Signal } from '@lumino/signaling';

import { Api, Refusal } from './api';
import { eventsOf } from './events';
import type { ILabView } from './model';

/** Milliseconds without a byte after which a connection counts as lost. The server sends one every 20 seconds. */
const SILENCE = 50_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

export type Connection =
  | { state: 'closed' | 'connecting' | 'open' }
  /** Another try follows at `retryAt` (milliseconds since 1970). `message` says what the server answered, if it did. */
  | { state: 'lost'; retryAt: number; message: string };

export class Feed {
  constructor(private readonly api: Api) {}

  /** The connection or the view has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get connection(): Connection {
    return this._connection;
  }

  /** The last view of the lab; kept while the connection is lost. */
  get view(): ILabView | null {
    return this._view;
  }

  /** Follow a lab, or none. */
  follow(lab: string): void {
    if (lab !== this._lab) {
      this._lab = lab;
      this._view = null;
      this.restart();
    }
  }

  /** Keep the connection only while the panel can be seen. */
  setVisible(visible: boolean): void {
    if (visible !== this._visible) {
      this._visible = visible;
      this.restart();
    }
  }

  /** Connect now: at first, after a change, or when the learner does not want to wait for the next try. */
  restart(): void {
    this._abort?.abort();
    window.clearTimeout(this._timer);
    this._pause = FIRST_PAUSE;
    this._abort = null;
    if (this._lab && this._visible) {
      void this.connect(this._lab);
    } else {
      this.setConnection({ state: 'closed' });
    }
  }

  private async connect(lab: string): Promise<void> {
    const abort = new AbortController();
    this._abort = abort;
    if (this._connection.state !== 'lost') {
      this.setConnection({ state: 'connecting' });
    }
    let message = '';
    try {
      this.watchSilence(abort);
      for await (const event of eventsOf(await this.api.stream(lab, abort.signal))) {
        if (abort !== this._abort) {
          return;
        }
        this.watchSilence(abort);
        this.receive(event.name, event.data);
      }
    } catch (error) {
      message = error instanceof Refusal ? [error.message, error.fix].filter(Boolean).join(' ') : '';
    }
    if (abort === this._abort) {
      this.retryLater(lab, message);
    }
  }

  private receive(name: string, data: string): void {
    if (name === 'snapshot' || name === 'change') {
      this._view = JSON.parse(data) as ILabView;
      this._pause = FIRST_PAUSE;
      this.setConnection({ state: 'open' });
    }
  }

  private retryLater(lab: string, message: string): void {
    window.clearTimeout(this._timer);
    const pause = this._pause;
    this._pause = Math.min(pause * 2, LONGEST_PAUSE);
    this._timer = window.setTimeout(() => void this.connect(lab), pause);
    this.setConnection({ state: 'lost', retryAt: Date.now() + pause, message });
  }

  /** A connection of a computer that slept, or through a proxy that is gone, does not end by itself. */
  private watchSilence(abort: AbortController): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => abort.abort(), SILENCE);
  }

  private setConnection(connection: Connection): void {
    this._connection = connection;
    this._changed.emit();
  }

  private _lab = '';
  private _visible = false;
  private _view: ILabView | null = null;
  private _connection: Connection = { state: 'closed' };
  private _abort: AbortController | null = null;
  private _timer = 0;
  private _pause = FIRST_PAUSE;
  private _changed = new Signal<this, void>(this);
}
