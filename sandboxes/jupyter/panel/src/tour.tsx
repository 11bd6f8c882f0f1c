/** A short tour for the first visit. It leaves the focus where it is, and can be ended at any point. */

import * as React from 'react';

import type { Words } from './words';

export function Tour({ words, onEnd }: { words: Words; onEnd: () => void }): JSX.Element {
  const [step, setStep] = React.useState(0);
  const steps = words.tourSteps;
  const isLast = step === steps.length - 1;
  const endByKey = (event: React.KeyboardEvent) => event.key === 'Escape' && onEnd();
  return (
    <section className="slipway-Tour" aria-label={words.tour} onKeyDown={endByKey}>
      <p aria-live="polite">{steps[step]}</p>
      <div className="slipway-Actions">
        <button type="button" className="slipway-primary" onClick={() => (isLast ? onEnd() : setStep(step + 1))}>
          {isLast ? words.tourDone : words.tourNext}
        </button>
        {!isLast && (
          <button type="button" className="slipway-link" onClick={onEnd}>
            {words.tourEnd}
          </button>
        )}
        <span className="slipway-Quiet">{words.step(step + 1, steps.length)}</span>
      </div>
    </section>
  );
}
