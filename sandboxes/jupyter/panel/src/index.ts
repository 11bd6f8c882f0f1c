/** The JupyterLab plugin: the panel beside a lab's notebook, and the page with the course. */

import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import { Announcer } from './announcer';
import { Api } from './api';
import { BusyCell } from './busy';
import { progressFactory } from './card';
import { Controller } from './controller';
import { CoursePage, COURSE_ID } from './course';
import { Desk } from './desk';
import { Feed } from './feed';
import { Glossary, markdownWithTerms } from './glossary';
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
    const api = new Api(app.serviceManager.serverSettings);
    const feed = new Feed(api);
    const glossary = new Glossary();
    rendermime.addFactory(markdownWithTerms(glossary));
    rendermime.addFactory(progressFactory(api, feed, words));
    // JupyterLab does not wait for this: it starts as fast as without the panel.
    void app.restored.then(async () => {
      const course = await courseOf(api);
      if (course && shell) {
        const chosen = await choices(settings);
        open({ app, api, feed, course, words, tracker, rendermime, shell, chosen, palette });
        glossary.define(await api.glossary());
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

/** What the learner has chosen, kept between visits. */
interface IChoices {
  tour: ITourState;
  /** Whether a terminal opens with a lab. */
  terminal: boolean;
}

async function choices(registry: ISettingRegistry): Promise<IChoices> {
  const settings = await registry.load(PLUGIN_ID);
  let seen = settings.get('tourSeen').composite === true;
  const tour = {
    get seen() {
      return seen;
    },
    finish: () => {
      seen = true;
      void settings.set('tourSeen', true);
    }
  };
  return { tour, terminal: settings.get('terminal').composite !== false };
}

interface IParts {
  app: JupyterFrontEnd;
  api: Api;
  feed: Feed;
  course: ICourse;
  words: Words;
  tracker: INotebookTracker;
  rendermime: IRenderMimeRegistry;
  shell: ILabShell;
  chosen: IChoices;
  palette: ICommandPalette | null;
}

function open(parts: IParts): void {
  const { app, api, feed, course, words, tracker, rendermime, shell, chosen } = parts;
  const announcer = new Announcer(liveRegion(), words);
  const desk = new Desk(app, shell, tracker, course, words);
  const host = new Host(app, tracker, desk, words);
  const controller = new Controller(api, feed, words, host, course, sentence => announcer.say(sentence));
  const makeRoom = () => window.innerWidth < ROOM_FOR_BOTH && shell.collapseLeft();
  const panel = new LabPanel(controller, rendermime, chosen.tour, makeRoom);
  feed.changed.connect(() => announcer.follow(feed.view));
  shell.add(panel, 'right', { rank: PANEL_RANK, type: 'Lab' });
  addCommands(parts, controller, panel);
  followNotebooks(parts, controller, desk);
  new BusyCell(tracker, isLong => controller.setLongCell(isLong));
  if (isEmpty(shell)) {
    controller.showCourse();
    // JupyterLab's own first page, which leads to nothing of the course.
    launchers(shell).forEach(launcher => launcher.dispose());
  }
}

/** Return whether JupyterLab opens on nothing: no notebook in its address, and no document from the last visit. */
function isEmpty(shell: ILabShell): boolean {
  const documents = [...shell.widgets('main')].length - launchers(shell).length;
  return documents === 0 && PageConfig.getOption('treePath') === '';
}

function launchers(shell: ILabShell): Widget[] {
  return [...shell.widgets('main')].filter(widget => widget.id.startsWith('launcher'));
}

/** Follow the notebook in front. The panel opens with the first lab's notebook, where there is room for both. */
function followNotebooks({ tracker, shell, chosen }: IParts, controller: Controller, desk: Desk): void {
  let hasOpened = false;
  let isBegun = false;
  const follow = () => {
    const path = tracker.currentWidget?.context.path ?? '';
    const lab = controller.follow(path);
    if (lab && !hasOpened && window.innerWidth >= ROOM_FOR_BOTH) {
      hasOpened = true;
      shell.activateById(PANEL_ID);
    }
    if (lab && !isBegun) {
      isBegun = true;
      // JupyterLab's own first page comes before a notebook that takes long to load.
      launchers(shell).forEach(launcher => launcher.dispose());
    }
    if (lab && chosen.terminal) {
      void desk.offerTerminal(lab);
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
