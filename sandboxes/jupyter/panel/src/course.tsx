/** The course as a page: what comes next, and every lab with how far the learner is. */

import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Api } from './api';
import { messageOf } from './controller';
import { ColouredMark, mark, OutcomeIcon } from './icons';
import type { ICourse, ICourseLab } from './model';
import type { Words } from './words';

export const COURSE_ID = 'slipway-course';

export class CoursePage extends ReactWidget {
  constructor(
    private readonly api: Api,
    private readonly words: Words,
    private readonly open: (notebook: string) => void
  ) {
    super();
    this.id = COURSE_ID;
    this.addClass('slipway-Root');
    this.addClass('slipway-Course');
    this.title.label = words.course;
    this.title.icon = mark;
    this.title.closable = true;
  }

  /** Read the course again whenever the page comes to the front. */
  protected onAfterShow(): void {
    void this.load();
  }

  protected onAfterAttach(): void {
    super.onAfterAttach(undefined as never);
    void this.load();
  }

  protected render(): JSX.Element {
    return (
      <div className="slipway-Course-page">
        {this._course && <Map course={this._course} words={this.words} open={this.open} />}
        {this._problem && (
          <p role="status">
            {this.words.courseUnknown} {this._problem}
          </p>
        )}
      </div>
    );
  }

  private async load(): Promise<void> {
    try {
      this._course = await this.api.course();
      this._problem = '';
    } catch (error) {
      this._problem = messageOf(error);
    }
    this.update();
  }

  private _course: ICourse | null = null;
  private _problem = '';
}

interface IMapProps {
  course: ICourse;
  words: Words;
  open: (notebook: string) => void;
}

function Map({ course, words, open }: IMapProps): JSX.Element {
  const next = course.labs.find(lab => lab.id === course.next);
  const last = course.labs.find(lab => lab.id === course.last && lab.standing !== 'passed');
  const first = last ?? next;
  const halves = [...new Set(course.labs.map(lab => lab.half))];
  return (
    <>
      <div className="slipway-Brand">
        <ColouredMark />
        <div>
          <h1>{words.brand}</h1>
          <p>{words.welcome}</p>
        </div>
      </div>
      <div className="slipway-NextLabs">
        {first && <NextLab lab={first} words={words} open={open} eyebrow={last ? words.continueWith : words.startWith} isMain />}
        {next && next !== first && <NextLab lab={next} words={words} open={open} eyebrow={words.nextUp} />}
      </div>
      <p className="slipway-Quiet">{words.courseDoneOf(course)}</p>
      {halves.map(half => (
        <section key={half}>
          <h2>{words.halfNames[half] ?? half}</h2>
          <ol>
            {course.labs
              .filter(lab => lab.half === half)
              .map(lab => (
                <Row key={lab.id} lab={lab} words={words} open={open} isNext={lab === first} />
              ))}
          </ol>
        </section>
      ))}
    </>
  );
}

interface ILabProps {
  lab: ICourseLab;
  words: Words;
  open: (notebook: string) => void;
}

interface INextLabProps extends ILabProps {
  eyebrow: string;
  isMain?: boolean;
}

function NextLab({ lab, words, open, eyebrow, isMain }: INextLabProps): JSX.Element {
  return (
    <div className="slipway-NextLab" data-main={Boolean(isMain)}>
      <p className="slipway-Eyebrow">{eyebrow}</p>
      <p className="slipway-NextLab-title">
        {lab.number} · {lab.title}
      </p>
      <p className="slipway-Quiet">
        {words.minutes(lab.minutes)} · {words.passedOf(lab.passed, lab.total)}
      </p>
      <button type="button" className={isMain ? 'slipway-primary' : 'slipway-link'} onClick={() => open(lab.notebook)}>
        {words.openLab}
      </button>
    </div>
  );
}

function Row({ lab, words, open, isNext }: ILabProps & { isNext: boolean }): JSX.Element {
  const look = { untouched: 'not yet', started: 'waiting', passed: 'passed' } as const;
  return (
    <li data-next={isNext}>
      <button type="button" onClick={() => open(lab.notebook)}>
        <OutcomeIcon look={look[lab.standing]} />
        <span className="slipway-Row-number">{lab.number}</span>
        <span className="slipway-Row-title">{lab.title}</span>
        <span className="slipway-Row-state">
          {lab.standing === 'started' ? words.passedOf(lab.passed, lab.total) : words.standings[lab.standing]}
        </span>
        <span className="slipway-Row-minutes">{words.minutes(lab.minutes)}</span>
      </button>
    </li>
  );
}
