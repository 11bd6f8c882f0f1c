/** The JupyterLab plugin: the panel beside a lab's notebook, and the page with the course. */

import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { Announcer } from './announcer';
import { Api } from './api';
import { Controller } from './controller';
import { CoursePage, COURSE_ID } from './course';
import { Feed } from './feed';
import { Host } from './host';
import type { ICourse } from './model';
import { LabPanel, PANEL_ID, type ITourState } from './panel';
import { DOMAIN, Words } from './words';

const PLUGIN_ID = 'slipway-panel:plugin';
const SHOW_PANEL = 'slipway:show-panel';
const SHOW_COURSE = 'slipway:show-course';
const PANEL_RANK = 50;
/** Pixels of the window below which the panel opens only on request, in place of the left sidebar. */
const ROOM_FOR_BOTH = 800;

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'The panel beside a lab: its tasks and checks, help and the live picture.',
  autoStart: true,
  requires: [INotebookTracker, IRenderMimeRegistry, ISettingRegistry],
  optional: [ITranslator, ILabShell, ICommandPalette],
  activate: (app, tracker, rendermime, settings, translator, shell, palette) => {
    const words = new Words((translator ?? nullTranslator).load(DOMAIN));
    // JupyterLab does not wait for this: it starts as fast as without the panel.
    void app.restored.then(async () => {
      const api = new Api(app.serviceManager.serverSettings);
      const course = await courseOf(api);
      if (course && shell) {
        const tour = await tourState(settings);
        open({ app, api, course, words, tracker, rendermime, shell, tour, palette });
      }
    });
  }
};

export default plugin;

/** Return the course; null where this server has no labs, so that JupyterLab stays as it is. */
async function courseOf(api: Api): Promise<ICourse | null> {
  try {
    return await api.course();
  } catch (error) {
    console.warn('The lab panel stays hidden:', error);
    return null;
  }
}

async function tourState(registry: ISettingRegistry): Promise<ITourState> {
  const settings = await registry.load(PLUGIN_ID);
  let seen = settings.get('tourSeen').composite === true;
  return {
    get seen() {
      return seen;
    },
    finish: () => {
      seen = true;
      void settings.set('tourSeen', true);
    }
  };
}

interface IParts {
  app: JupyterFrontEnd;
  api: Api;
  course: ICourse;
  words: Words;
  tracker: INotebookTracker;
  rendermime: IRenderMimeRegistry;
  shell: ILabShell;
  tour: ITourState;
  palette: ICommandPalette | null;
}

function open(parts: IParts): void {
  const { app, api, course, words, tracker, rendermime, shell, tour } = parts;
  const feed = new Feed(api);
  const announcer = new Announcer(liveRegion(), words);
  const host = new Host(app, tracker, words);
  const controller = new Controller(api, feed, words, host, course, sentence => announcer.say(sentence));
  const makeRoom = () => window.innerWidth < ROOM_FOR_BOTH && shell.collapseLeft();
  const panel = new LabPanel(controller, rendermime, tour, makeRoom);
  feed.changed.connect(() => announcer.follow(feed.view));
  shell.add(panel, 'right', { rank: PANEL_RANK, type: 'Lab' });
  addCommands(parts, controller, panel);
  followNotebooks(parts, controller, panel);
  if (isEmpty(shell)) {
    controller.showCourse();
  }
}

/** Return whether JupyterLab opens on nothing: no notebook in its address, and no document from the last visit. */
function isEmpty(shell: ILabShell): boolean {
  const documents = [...shell.widgets('main')].filter(widget => !widget.id.startsWith('launcher'));
  return documents.length === 0 && PageConfig.getOption('treePath') === '';
}

/** Follow the notebook in front. The panel opens with the first lab's notebook, where there is room for both. */
function followNotebooks({ tracker, shell }: IParts, controller: Controller, panel: LabPanel): void {
  let hasOpened = false;
  const follow = () => {
    const path = tracker.currentWidget?.context.path ?? '';
    if (controller.follow(path) && !hasOpened && window.innerWidth >= ROOM_FOR_BOTH) {
      hasOpened = true;
      shell.activateById(PANEL_ID);
    }
  };
  tracker.currentChanged.connect(follow);
  tracker.widgetAdded.connect((_, notebook) => notebook.context.pathChanged.connect(follow));
  tracker.forEach(notebook => notebook.context.pathChanged.connect(follow));
  follow();
}

function addCommands({ app, api, words, shell, palette }: IParts, controller: Controller, panel: LabPanel): void {
  app.commands.addCommand(SHOW_PANEL, {
    label: words.showPanel,
    execute: () => {
      shell.activateById(PANEL_ID);
      panel.focus();
    }
  });
  let page: MainAreaWidget<CoursePage> | null = null;
  app.commands.addCommand(SHOW_COURSE, {
    label: words.showCourse,
    execute: () => {
      if (!page || page.isDisposed) {
        page = new MainAreaWidget({ content: new CoursePage(api, words, notebook => void controller.open(notebook)) });
        page.id = `${COURSE_ID}-page`;
        page.toolbar.hide();
        shell.add(page, 'main');
      }
      shell.activateById(page.id);
    }
  });
  controller.showCourse = () => void app.commands.execute(SHOW_COURSE);
  for (const command of [SHOW_PANEL, SHOW_COURSE]) {
    palette?.addItem({ command, category: words.category });
  }
}

/** Return the place for announcements, apart from what is drawn again with each change. */
function liveRegion(): HTMLElement {
  const node = document.createElement('div');
  node.className = 'slipway-Live';
  node.setAttribute('aria-live', 'polite');
  document.body.append(node);
  return node;
}
