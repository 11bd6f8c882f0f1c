/**
 * What the server sends about a lab and about the course. The server decides every outcome; nothing is computed here.
 */

export type Outcome = 'passed' | 'not yet' | 'waiting' | 'blocked' | 'could not check';

/** One difference between the state and what the task asks for. */
export interface IFinding {
  message?: string;
  subject: string;
  path: string;
  expected: unknown;
  observed: unknown;
  why: string;
  /** Whether the check has hints. */
  hint: boolean;
}

/** A check that had passed and passes no longer. Times are ISO 8601. */
export interface IBroken {
  since: string;
  passed: string;
  why: string;
}

export interface ICheck {
  id: string;
  title: string;
  outcome: Outcome;
  /** Whether the check follows the state by itself; otherwise it runs on request. */
  live: boolean;
  points: number;
  earned: number;
  since: string;
  note: string;
  reason?: string;
  /** The ids of the checks that have to pass first. */
  blocked_by?: string[];
  broken: IBroken | null;
  findings: IFinding[];
}

export interface ITask {
  /** The id of the task's cell in the notebook. */
  cell: string;
  title: string;
  outcome: Outcome;
  checks: ICheck[];
}

export interface INextLab {
  id: string;
  title: string;
  notebook: string;
}

/** A lab as the stream shows it: the whole of it with every event. */
export interface ILabView {
  schema: 1;
  lab: {
    id: string;
    number: string;
    title: string;
    minutes: number;
    notebook: string;
    folder: string;
    position: number;
    of: number;
    next: INextLab | null;
  };
  state: 'ready' | 'not started' | 'checking' | 'unreachable';
  reason: string;
  checked_at: string;
  version: number;
  points: { earned: number; possible: number };
  tasks: ITask[];
  /** Another value means that the picture looks different. */
  picture: number;
}

/** A lab in the list of the course. */
export interface ICourseLab {
  id: string;
  number: string;
  title: string;
  minutes: number;
  half: string;
  standing: 'untouched' | 'started' | 'passed';
  passed: number;
  total: number;
  notebook: string;
}

export interface ICourse {
  labs: ICourseLab[];
  /** The id of the lab that comes next; empty when all have passed. */
  next: string;
  /** The id of the lab that the learner worked on last; empty at the start of the course. */
  last: string;
}

export interface IHint {
  text: string;
  level: number;
  more: boolean;
}

export interface ISolution {
  text: string;
  files: { path: string; text: string }[];
}

export interface IResetResult {
  removed: string[];
  left: string[];
}

/** Return all checks of a lab, in the order of its tasks. */
export function checksOf(view: ILabView): ICheck[] {
  return view.tasks.flatMap(task => task.checks);
}

/** Return the lab that a notebook belongs to by its folder: `02-layers/copy.ipynb` belongs to `02-layers`. */
export function labOf(path: string, course: ICourse): ICourseLab | null {
  const inside = (lab: ICourseLab) => path.startsWith(folderOf(lab.notebook));
  return course.labs.find(lab => folderOf(lab.notebook) !== '' && inside(lab)) ?? null;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
