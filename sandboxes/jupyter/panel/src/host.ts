/** What the panel does in JupyterLab: notebooks, terminals and dialogs. It never uses a kernel. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';

import type { Desk } from './desk';
import type { Words } from './words';

export class Host {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly tracker: INotebookTracker,
    private readonly desk: Desk,
    private readonly words: Words
  ) {}

  /** Show a cell of the notebook in front, and select it. Returns false where it has no such cell. */
  async goToCell(id: string): Promise<boolean> {
    const notebook = this.tracker.currentWidget?.content;
    const index = notebook?.widgets.findIndex(cell => cell.model.id === id) ?? -1;
    if (!notebook || index < 0) {
      return false;
    }
    notebook.activeCellIndex = index;
    await notebook.scrollToCell(notebook.widgets[index], 'start');
    notebook.activate();
    return true;
  }

  /** Open a lab's terminal beside the notebook. Its shell sets the lab's environment by the folder that it starts in. */
  openTerminal(folder: string): Promise<void> {
    return this.desk.openTerminal(folder, true);
  }

  /** Stop the cell that runs in the notebook in front. */
  async stopCell(): Promise<void> {
    await this.tracker.currentWidget?.sessionContext.session?.kernel?.interrupt();
  }

  async openNotebook(path: string): Promise<void> {
    await this.app.commands.execute('docmanager:open', { path });
  }

  async confirmReset(): Promise<boolean> {
    const buttons = [Dialog.cancelButton({ label: this.words.cancel }), Dialog.warnButton({ label: this.words.resetDo })];
    const dialog = { title: this.words.resetQuestion, body: this.words.resetBody, buttons, defaultButton: 0 };
    return (await showDialog(dialog)).button.accept;
  }
}
