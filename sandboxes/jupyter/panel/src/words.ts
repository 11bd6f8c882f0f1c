/** Every text of the panel, in one place and ready for translation. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICheck, ICourse, ICourseLab, ILabView, Outcome } from './model';

/** The domain of the translations. */
export const DOMAIN = 'slipway';

export class Words {
  constructor(private readonly trans: TranslationBundle) {}

  readonly panel = this.trans.__('Lab');
  readonly panelCaption = this.trans.__('Lab: tasks, checks and help');
  readonly showPanel = this.trans.__('Show the Lab Panel');
  readonly showCourse = this.trans.__('Show the Course');
  readonly category = this.trans.__('Slipway');

  readonly tasks = this.trans.__('Tasks');
  readonly picture = this.trans.__('Picture');
  readonly views = this.trans.__('Views of this lab');
  readonly check = this.trans.__('Check now');
  readonly checking = this.trans.__('Checking…');
  readonly terminal = this.trans.__('Terminal');
  readonly terminalTitle = this.trans.__("Open a terminal in this lab's folder");
  readonly reset = this.trans.__('Reset…');
  readonly resetTitle = this.trans.__('Return this lab to its start');
  readonly start = this.trans.__('Start this lab');
  readonly course = this.trans.__('Course');
  readonly courseTitle = this.trans.__('Show all labs of the course');
  readonly close = this.trans.__('Dismiss');

  readonly expected = this.trans.__('Expected');
  readonly found = this.trans.__('Found');
  readonly where = this.trans.__('Where');
  readonly why = this.trans.__('Why');
  readonly whole = this.trans.__('Show all');
  readonly nothing = this.trans.__('nothing');

  readonly goToCell = this.trans.__('Go to this task');
  readonly firstHint = this.trans.__('Show a hint');
  readonly nextHint = this.trans.__('Show the next hint');
  readonly solution = this.trans.__('Show the solution');
  readonly solutionTitle = this.trans.__('Solution');
  readonly solutionNote = this.trans.__('The last step. Your progress records that you looked; it costs no points.');
  readonly noCell = this.trans.__('This notebook has no such cell. Open the notebook of the lab.');

  readonly noPicture = this.trans.__('The answer is no picture.');
  readonly pictureLoading = this.trans.__('Drawing what exists now…');
  readonly loading = this.trans.__('Looking at the lab…');
  readonly notALab = this.trans.__('This notebook does not belong to a lab.');
  readonly notALabFix = this.trans.__('The panel follows the notebooks in the folders of the labs. A copy works inside its lab’s folder.');
  readonly noNotebook = this.trans.__('Open the notebook of a lab. Its tasks and checks appear here.');
  readonly notStarted = this.trans.__('This lab has not started. Start it, or run the first cell of the notebook.');
  readonly unreachable = this.trans.__('The lab cannot be checked at the moment.');
  readonly lost = this.trans.__('Disconnected. What you see may be out of date.');
  readonly retry = this.trans.__('Connect now');
  readonly longCell = this.trans.__(
    'A cell of this notebook has been running for more than 30 seconds. It may wait for something that does not come. Checks do not wait for it.'
  );
  readonly stopCell = this.trans.__('Stop the cell');
  readonly allPassed = this.trans.__('All checks passed.');
  readonly courseDone = this.trans.__('This was the last lab. You have finished the course.');

  readonly resetQuestion = this.trans.__('Reset this lab?');
  readonly resetBody = this.trans.__(
    'This removes what the lab created, on the engine or cluster, and restores the files of its folder. The notebook stays as it is. Your versions of the files are kept in “.saved” in your workspace. Nothing else on your machine changes.'
  );
  readonly resetDo = this.trans.__('Reset the lab');
  readonly cancel = this.trans.__('Cancel');
  readonly resetDone = this.trans.__('The lab is at its start again.');

  readonly tour = this.trans.__('A short tour');
  readonly tourEnd = this.trans.__('Skip the tour');
  readonly tourNext = this.trans.__('Next');
  readonly tourDone = this.trans.__('Start working');
  readonly tourSteps = [
    this.trans.__('This panel looks at your real containers and cluster while you work. You do not have to run a cell: use the notebook, a terminal or an editor.'),
    this.trans.__('Each task lists its checks. Open one to see what was expected, what was found, and why. If something breaks later, the check says since when.'),
    this.trans.__('Stuck? Ask for one hint at a time. The solution is the last step. Being wrong costs nothing.'),
    this.trans.__('The picture shows what exists now. Reset returns the lab to its start and touches nothing else on your machine.')
  ];

  readonly brand = this.trans.__('Slipway');
  readonly welcome = this.trans.__('Learn containers by building and launching them');
  readonly continueWith = this.trans.__('Where you left off');
  readonly nextUp = this.trans.__('Next');
  readonly startWith = this.trans.__('Start with');
  readonly openLab = this.trans.__('Open the lab');
  readonly courseUnknown = this.trans.__('The course cannot be shown at the moment.');
  readonly halfNames: Record<string, string> = {
    docker: this.trans.__('One machine: Docker'),
    kind: this.trans.__('A cluster: Kubernetes')
  };

  readonly outcomes: Record<Outcome, string> = {
    passed: this.trans.__('passed'),
    'not yet': this.trans.__('not yet'),
    waiting: this.trans.__('waiting'),
    blocked: this.trans.__('blocked'),
    'could not check': this.trans.__('could not check')
  };

  readonly standings: Record<ICourseLab['standing'], string> = {
    untouched: this.trans.__('not started'),
    started: this.trans.__('started'),
    passed: this.trans.__('passed')
  };

  /** The name of a lab on the tab of its notebook. */
  tab(lab: { number: string; title: string }): string {
    return `${lab.number} ${lab.title}`;
  }

  progressIn(lab: { title: string }): string {
    return this.trans.__('Progress in %1', lab.title);
  }

  nextCheck(title: string): string {
    return this.trans.__('Next: %1', title);
  }

  place(view: ILabView): string {
    return this.trans.__('Lab %1 of %2 · %3 minutes', view.lab.position, view.lab.of, view.lab.minutes);
  }

  points(earned: number, possible: number): string {
    return this.trans._n('%2 of %1 point', '%2 of %1 points', possible, earned);
  }

  task(number: number): string {
    return this.trans.__('Task %1', number);
  }

  passedOf(passed: number, total: number): string {
    return this.trans._n('%2 of %1 check passed', '%2 of %1 checks passed', total, passed);
  }

  hint(level: number): string {
    return this.trans.__('Hint %1', level);
  }

  broken(since: string, passed: string, why: string): string {
    const times = this.trans.__('Passed at %1, broken since %2', clock(passed), clock(since));
    return why ? `${times}: ${why}` : `${times}.`;
  }

  brokenWord = this.trans.__('broken');

  blockedBy(titles: string[]): string {
    return this.trans.__('Comes after: %1', titles.join(', '));
  }

  next(title: string): string {
    return this.trans.__('Next lab: %1', title);
  }

  checkedAt(time: string): string {
    return this.trans.__('Checked at %1', clock(time, true));
  }

  announced(check: ICheck): string {
    return this.trans.__('%1: %2.', check.title, check.broken ? this.brokenWord : this.outcomes[check.outcome]);
  }

  pictureOf(title: string): string {
    return this.trans.__('Current state of the lab “%1”', title);
  }

  removed(names: string[]): string {
    return names.length ? this.trans.__('Removed: %1.', names.join(', ')) : '';
  }

  minutes(count: number): string {
    return this.trans.__('%1 min', count);
  }

  courseDoneOf(course: ICourse): string {
    const passed = course.labs.filter(lab => lab.standing === 'passed').length;
    return this.trans.__('%1 of %2 labs passed', passed, course.labs.length);
  }

  step(number: number, of: number): string {
    return this.trans.__('%1 of %2', number, of);
  }

  retryIn(seconds: number): string {
    return this.trans._n('Next try in %1 second.', 'Next try in %1 seconds.', seconds);
  }
}

/** Return a time of day in the reader's zone and format; with the date where it was another day. */
function clock(time: string, seconds = false): string {
  const date = new Date(time);
  if (isNaN(date.getTime())) {
    return time;
  }
  const today = date.toDateString() === new Date().toDateString();
  const day: Intl.DateTimeFormatOptions = today ? {} : { day: 'numeric', month: 'short' };
  const second: Intl.DateTimeFormatOptions = seconds ? { second: '2-digit' } : {};
  return date.toLocaleString(undefined, { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...second });
}
