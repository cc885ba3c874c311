import { descriptionRows, type ModelDescription } from '../model-config/index.ts';
import type { Colors } from './console.ts';

/** A line of a report: what, how much, and in what sense. */
export interface ReportRow {
  readonly label: string;
  readonly value: string;
  readonly note?: string | undefined;
}

/** An aligned block of lines; notes wrap under themselves where `columns` is given. */
export function reportBlock(rows: readonly ReportRow[], colors: Colors, columns?: number): string {
  const labelWidth = Math.max(...rows.map(({ label }) => label.length)) + 2;
  const noted = rows.filter(({ note }) => note !== undefined);
  const valueWidth = Math.max(0, ...noted.map(({ value }) => value.length)) + 2;
  const lines = rows.map(({ label, value, note }) => {
    const head = colors.dim(label.padEnd(labelWidth));
    if (note === undefined) return head + colors.bold(value);
    const indent = labelWidth + valueWidth;
    const wrapped = wrap(note, columns === undefined ? Infinity : Math.max(30, columns - indent - 1));
    return (
      head +
      (value && colors.bold(value)) +
      ' '.repeat(valueWidth - value.length) +
      wrapped.join('\n' + ' '.repeat(indent))
    );
  });
  return lines.join('\n') + '\n';
}

/** Breaks a text at spaces into lines of at most `width` characters; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    if (last >= 0 && lines[last]!.length + 1 + word.length <= width) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** `4.2 ms`, `118 ms`, `12.3 s`. */
export function duration(seconds: number): string {
  const milliseconds = seconds * 1000;
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return seconds < 10 ? `${milliseconds.toFixed(0)} ms` : `${seconds.toFixed(1)} s`;
}

/** The dimension in words: `52`, `50 to 52`, `at most 52`. */
export function dimensionInWords({ lower, upper }: { lower: number; upper: number }): string {
  if (lower === upper) return String(upper);
  return lower > 0 ? `${lower} to ${upper}` : `at most ${upper}`;
}

/** The lines of a model's description; where one is prose alone, it stands in the column of the notes, which wrap. */
export function modelRows(description: ModelDescription): ReportRow[] {
  return descriptionRows(description).map(({ label, value, note }) =>
    note === undefined && value.includes(' ') ? { label, value: '', note: value } : { label, value, note },
  );
}
