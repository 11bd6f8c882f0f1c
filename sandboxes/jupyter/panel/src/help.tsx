/** Help with a check: one hint at a time, and only on request; the solution of its task as the last step. */

import * as React from 'react';

import type { Controller } from './controller';
import { inline } from './finding';
import type { ICheck, ISolution, ITask } from './model';

interface IHelpProps {
  controller: Controller;
  task: ITask;
  check: ICheck;
}

export function Help({ controller, task, check }: IHelpProps): JSX.Element {
  const { words, busy } = controller;
  const hints = controller.help.hints.get(check.id) ?? [];
  const solution = controller.help.solutions.get(task.cell);
  const exhausted = hints.length ? !hints[hints.length - 1].more : !check.findings.some(finding => finding.hint);
  return (
    <div className="slipway-Help">
      {hints.map(hint => (
        <p className="slipway-Hint" key={hint.level}>
          <b>{words.hint(hint.level)}</b> {inline(hint.text)}
        </p>
      ))}
      {solution && <Solution solution={solution} title={words.solutionTitle} />}
      <div className="slipway-Actions">
        {!exhausted && (
          <button type="button" aria-disabled={Boolean(busy)} onClick={() => void controller.hint(check.id)}>
            {hints.length ? words.nextHint : words.firstHint}
          </button>
        )}
        {exhausted && !solution && (
          <button
            type="button"
            aria-disabled={Boolean(busy)}
            title={words.solutionNote}
            onClick={() => void controller.solution(task.cell)}
          >
            {words.solution}
          </button>
        )}
      </div>
      {exhausted && !solution && <p className="slipway-Quiet">{words.solutionNote}</p>}
    </div>
  );
}

function Solution({ solution, title }: { solution: ISolution; title: string }): JSX.Element {
  return (
    <div className="slipway-Solution">
      <b>{title}</b>
      {solution.text && <p>{inline(solution.text)}</p>}
      {solution.files.map(file => (
        <figure key={file.path}>
          <figcaption>{file.path}</figcaption>
          <pre tabIndex={0}>{file.text}</pre>
        </figure>
      ))}
    </div>
  );
}
