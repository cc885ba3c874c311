import type { Output } from './console.ts';

/** What the library reports. */
export interface ProgressReport {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

const millisecondsBetweenPaints = 100;
const barWidth = 24;

/** One line on a terminal: phase, bar, percent and how far. Elsewhere nothing is ever written. */
export class ProgressLine {
  readonly #stream: Output;
  #nextPaint = 0;
  #painted = false;

  constructor(stream: Output) {
    this.#stream = stream;
  }

  /** Repaints the line, at most ten times a second. */
  readonly report = (progress: ProgressReport, counted = ''): void => {
    const now = performance.now();
    if (this.#stream.isTTY !== true || now < this.#nextPaint) return;
    this.#nextPaint = now + millisecondsBetweenPaints;
    this.#painted = true;
    const width = (this.#stream.columns || 80) - 1;
    this.#stream.write(`\r${progressText(progress, counted).slice(0, width)}\x1b[K`);
  };

  /** Erases the line. */
  clear(): void {
    if (this.#painted) this.#stream.write('\r\x1b[K');
    this.#painted = false;
    this.#nextPaint = 0;
  }
}

/** `elimination  ████████████░░░░░░░░░░░░  50 %  rank 26 of 52`, where `counted` is `rank `. */
export function progressText({ phase, done, total }: ProgressReport, counted: string): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const full = Math.floor(share * barWidth);
  const bar = '█'.repeat(full) + '░'.repeat(barWidth - full);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${phase.padEnd(12)} ${bar} ${percent} %  ${counted}${done} of ${total}`;
}
