/** The tasks of a lab in their order, each with its checks; tasks and checks open to show what was found. */

import * as React from 'react';

import type { Controller } from './controller';
import { Finding, inline } from './finding';
import { Help } from './help';
import { Chevron, OutcomeIcon, type Look } from './icons';
import { checksOf, type ICheck, type ILabView, type ITask } from './model';
import type { Words } from './words';

export function Tasks({ controller, view }: { controller: Controller; view: ILabView }): JSX.Element {
  const current = view.tasks.find(task => task.outcome !== 'passed')?.cell;
  const titles = new Map(checksOf(view).map(check => [check.id, check.title]));
  return (
    <ol className="slipway-Tasks">
      {view.tasks.map((task, index) => (
        <Task
          key={`${view.lab.id} ${task.cell}`}
          controller={controller}
          task={task}
          number={index + 1}
          isCurrent={task.cell === current}
          titles={titles}
        />
      ))}
    </ol>
  );
}

interface ITaskProps {
  controller: Controller;
  task: ITask;
  number: number;
  isCurrent: boolean;
  /** The titles of the lab's checks by id. */
  titles: Map<string, string>;
}

function Task({ controller, task, number, isCurrent, titles }: ITaskProps): JSX.Element {
  const { words } = controller;
  const look = lookOf(task.outcome, task.checks.some(check => check.broken !== null));
  const [isOpen, choose] = useOpen(isCurrent || look === 'broken');
  const first = task.checks.find(check => check.outcome !== 'passed' && hasDetails(check))?.id;
  const body = `slipway-task-${task.cell}`;
  return (
    <li className="slipway-Task" data-look={look}>
      <h3>
        <button type="button" aria-expanded={isOpen} aria-controls={body} onClick={() => choose(!isOpen)}>
          <OutcomeIcon look={look} />
          <span className="slipway-Task-title">
            <span className="slipway-Eyebrow">
              {words.task(number)} <span className="slipway-Word">{wordOf(look, words)}</span>
            </span>
            {task.title}
          </span>
          <Chevron />
        </button>
      </h3>
      <div id={body} hidden={!isOpen} onFocus={() => choose(true)}>
        <ul className="slipway-Checks">
          {task.checks.map(check => (
            <Check
              key={check.id}
              controller={controller}
              task={task}
              check={check}
              isFirst={check.id === first}
              titles={titles}
            />
          ))}
        </ul>
        {task.cell && (
          <div className="slipway-Actions">
            <button type="button" className="slipway-link" onClick={() => void controller.goToCell(task.cell)}>
              {words.goToCell}
            </button>
          </div>
        )}
      </div>
    </li>
  );
}

interface ICheckProps {
  controller: Controller;
  task: ITask;
  check: ICheck;
  /** Whether this is the first check of its task that asks for something: it is open at first. */
  isFirst: boolean;
  titles: Map<string, string>;
}

function Check({ controller, task, check, isFirst, titles }: ICheckProps): JSX.Element {
  const { words } = controller;
  const look = lookOf(check.outcome, check.broken !== null);
  const [isOpen, choose] = useOpen(isFirst);
  const body = `slipway-check-${check.id}`;
  const row = (
    <>
      <OutcomeIcon look={look} />
      <span className="slipway-Check-title">
        {inline(check.title)}
        <span className="slipway-Check-state">
          <span className="slipway-Word">{wordOf(look, words)}</span>
          {' · '}
          {words.points(check.earned, check.points)}
        </span>
      </span>
    </>
  );
  return (
    <li className="slipway-Check" data-look={look} data-check={check.id}>
      {hasDetails(check) ? (
        <button type="button" aria-expanded={isOpen} aria-controls={body} onClick={() => choose(!isOpen)}>
          {row}
          <Chevron />
        </button>
      ) : (
        <div className="slipway-Check-row">{row}</div>
      )}
      {check.broken && (
        <p className="slipway-Broken">{words.broken(check.broken.since, check.broken.passed, check.broken.why)}</p>
      )}
      {check.note && <p className="slipway-Note">{check.note}</p>}
      {hasDetails(check) && (
        <div id={body} className="slipway-Check-body" hidden={!isOpen} onFocus={() => choose(true)}>
          {check.reason && <p>{inline(check.reason)}</p>}
          {check.outcome === 'blocked' && Boolean(check.blocked_by?.length) && (
            <p>{words.blockedBy((check.blocked_by ?? []).map(id => titles.get(id) ?? id))}</p>
          )}
          {check.findings.map((finding, index) => (
            <Finding key={index} finding={finding} words={words} />
          ))}
          {check.outcome === 'not yet' && <Help controller={controller} task={task} check={check} />}
        </div>
      )}
    </li>
  );
}

/** Open or closed: as `initially` says, until the learner has chosen. */
function useOpen(initially: boolean): [boolean, (open: boolean) => void] {
  const [chosen, choose] = React.useState<boolean | null>(null);
  return [chosen ?? initially, choose];
}

function hasDetails(check: ICheck): boolean {
  return check.findings.length > 0 || Boolean(check.reason) || Boolean(check.blocked_by?.length);
}

function lookOf(outcome: Look, isBroken: boolean): Look {
  return isBroken && outcome !== 'passed' ? 'broken' : outcome;
}

function wordOf(look: Look, words: Words): string {
  return look === 'broken' ? words.brokenWord : words.outcomes[look];
}
