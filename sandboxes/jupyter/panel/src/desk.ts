/** The arrangement of the desk: tabs named after their labs, a lab's terminal and files beside its notebook. */

import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { DockLayout, DockPanel, type Title, Widget } from '@lumino/widgets';

import { labOf, type ICourse, type ICourseLab } from './model';
import type { Words } from './words';

/** The factory of text editors, by JupyterLab's name for it. */
const EDITOR = 'Editor';
/** The part of the notebook's height or width that stays with it when something opens beside it. */
const NOTEBOOK_SHARE = 0.62;
/** Pixels of the notebook's area from which something opens to its right instead of below it. */
const WIDE = 1300;
/** Pixels of the notebook's area below which a terminal opens only on request. */
const ROOM_FOR_TERMINAL = 420;

/** What JupyterLab's documents do when their title changes: they rename their file. */
interface IRenaming {
  _onTitleChanged?: (title: Title<Widget>) => Promise<void>;
}

export class Desk {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly shell: ILabShell,
    private readonly tracker: INotebookTracker,
    private readonly course: ICourse,
    private readonly words: Words
  ) {
    tracker.forEach(notebook => this.nameTab(notebook));
    tracker.widgetAdded.connect((_, notebook) => this.nameTab(notebook));
    app.docRegistry.addWidgetExtension(EDITOR, { createNew: (editor, context) => this.placeLater(editor, context.path) });
  }

  /** Open the terminal of a lab beside its notebook, or show the one that is there. */
  async openTerminal(folder: string, activate: boolean): Promise<void> {
    const notebook = this.tracker.currentWidget;
    const open = this._terminals.get(folder) ?? this.restoredTerminal(folder);
    const terminal = open && !open.isDisposed ? open : await this.newTerminal(folder);
    if (terminal && !this._terminals.has(folder)) {
      terminal.disposed.connect(() => this._terminals.delete(folder));
      this._terminals.set(folder, terminal);
      if (terminal !== open) {
        this.placeBeside(terminal, notebook);
      }
    }
    if (terminal && activate) {
      this.shell.activateById(terminal.id);
    } else if (terminal) {
      dockOf(terminal)?.selectWidget(terminal);
      notebook?.activate();
    }
  }

  /** Open the terminal of a lab once per visit, where there is room for it. */
  async offerTerminal(folder: string): Promise<void> {
    const notebook = this.tracker.currentWidget;
    const isNew = !this._offered.has(folder);
    const isOpen = this._terminals.has(folder);
    if (notebook && (isOpen || (isNew && hasRoom(notebook)))) {
      this._offered.add(folder);
      await this.openTerminal(folder, false);
    }
  }

  private async newTerminal(folder: string): Promise<Widget | null> {
    const args = { name: terminalName(folder), cwd: folder };
    const terminal: unknown = await this.app.commands.execute('terminal:create-new', args);
    return terminal instanceof Widget ? terminal : null;
  }

  /** Return the terminal of a lab that JupyterLab has opened again from the last visit. */
  private restoredTerminal(folder: string): Widget | undefined {
    const isOfLab = (widget: Widget) => sessionOf(widget) === terminalName(folder);
    return [...this.shell.widgets('main')].find(isOfLab);
  }

  /** Name the tab of a lab's notebook after the lab: all notebooks have the same file name. */
  private nameTab(notebook: NotebookPanel): void {
    const renaming = (notebook as unknown as IRenaming)._onTitleChanged;
    // A document takes a new title for a new name of its file. Where that cannot be prevented, the tab keeps the file name.
    if (!renaming || !notebook.title.changed.disconnect(renaming, notebook)) {
      return;
    }
    const name = () => {
      const lab = labOf(notebook.context.path, this.course);
      if (lab?.notebook === notebook.context.path) {
        notebook.title.label = this.words.tab(lab);
      }
    };
    notebook.context.pathChanged.connect(name);
    name();
  }

  /** Move an editor beside the notebook of its lab once JupyterLab has opened it over the notebook. */
  private placeLater(editor: Widget, path: string): void {
    const notebook = this.tracker.currentWidget;
    const lab = notebook && labOf(notebook.context.path, this.course);
    if (this.shell.currentWidget === notebook && isInFolder(path, lab)) {
      window.setTimeout(() => {
        if (editor.isAttached && dockOf(editor)) {
          this.placeBeside(editor, notebook);
          this.shell.activateById(editor.id);
        }
      });
    }
  }

  /** Put a widget beside a notebook: as a further tab where something is there already, or as a new area. */
  private placeBeside(widget: Widget, notebook: NotebookPanel | null): void {
    if (!notebook?.isAttached) {
      return;
    }
    const neighbour = [...this._terminals.values()].find(terminal => terminal !== widget && terminal.isAttached);
    const other = neighbour ?? this._beside.find(known => known !== widget && known.isAttached);
    this._beside = [widget, ...this._beside.filter(known => !known.isDisposed && known !== widget)];
    if (other) {
      this.shell.add(widget, 'main', { mode: 'tab-after', ref: other.id });
      return;
    }
    const isWide = notebook.node.offsetWidth >= WIDE;
    this.shell.add(widget, 'main', { mode: isWide ? 'split-right' : 'split-bottom', ref: notebook.id });
    requestAnimationFrame(() => share(notebook, widget, isWide));
  }

  private _terminals = new Map<string, Widget>();
  private _offered = new Set<string>();
  private _beside: Widget[] = [];
}

/** Return the name of the terminal of a lab's folder: names of terminals have no hyphens. */
function terminalName(folder: string): string {
  return folder.replace(/-/g, '_');
}

/** Return the name of the session of a terminal; empty for any other widget. */
function sessionOf(widget: Widget): string {
  const { content } = widget as { content?: { session?: { name?: unknown } } };
  return String(content?.session?.name ?? '');
}

function isInFolder(path: string, lab: ICourseLab | null): boolean {
  return lab !== null && path.startsWith(`${lab.id}/`);
}

function hasRoom(notebook: NotebookPanel): boolean {
  return notebook.node.offsetHeight >= ROOM_FOR_TERMINAL && notebook.node.offsetWidth >= ROOM_FOR_TERMINAL;
}

function dockOf(widget: Widget): DockPanel | null {
  return widget.parent instanceof DockPanel ? widget.parent : null;
}

/** Give the notebook its share of what it and its new neighbour have together. */
function share(notebook: Widget, neighbour: Widget, isWide: boolean): void {
  const layout = dockOf(notebook)?.layout;
  if (!(layout instanceof DockLayout) || !neighbour.isAttached) {
    return;
  }
  const [first, second] = [notebook.node.getBoundingClientRect(), neighbour.node.getBoundingClientRect()];
  const edge = isWide ? first.right : first.bottom;
  for (const handle of layout.handles()) {
    const box = handle.getBoundingClientRect();
    const isBetween = Math.abs((isWide ? box.left : box.top) - edge) < 8 && handle.dataset.orientation === (isWide ? 'horizontal' : 'vertical');
    if (isBetween) {
      const whole = isWide ? second.right - first.left : second.bottom - first.top;
      const moved = whole * NOTEBOOK_SHARE - (isWide ? first.width : first.height);
      layout.moveHandle(handle, handle.offsetLeft + (isWide ? moved : 0), handle.offsetTop + (isWide ? 0 : moved));
      return;
    }
  }
}
