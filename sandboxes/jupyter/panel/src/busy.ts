/** A cell that does not return: noticed by the kernel's state, which JupyterLab has anyway. */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

/** Milliseconds after which a cell counts as one that may not return. */
const LONG = 30_000;

export class BusyCell {
  /** `tell` is called when the notebook in front starts or stops having a cell that runs for long. */
  constructor(
    tracker: INotebookTracker,
    private readonly tell: (isLong: boolean) => void
  ) {
    tracker.currentChanged.connect(() => this.follow(tracker.currentWidget));
    this.follow(tracker.currentWidget);
  }

  private follow(notebook: NotebookPanel | null): void {
    this._notebook?.sessionContext.statusChanged.disconnect(this.look, this);
    this._notebook = notebook && !notebook.isDisposed ? notebook : null;
    this._notebook?.sessionContext.statusChanged.connect(this.look, this);
    this.look();
  }

  private look(): void {
    const isBusy = this._notebook?.sessionContext.session?.kernel?.status === 'busy';
    window.clearTimeout(this._timer);
    if (isBusy) {
      this._timer = window.setTimeout(() => this.tell(true), LONG);
    } else {
      this.tell(false);
    }
  }

  private _notebook: NotebookPanel | null = null;
  private _timer = 0;
}
