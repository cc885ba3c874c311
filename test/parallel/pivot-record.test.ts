import { expect, test } from 'vitest';
import { PivotRecord } from '../../src/parallel/pivot-record.ts';

const panel = (
  index: number,
  rows: number[],
): { index: number; rows: Int32Array<ArrayBuffer>; columns: Int32Array<ArrayBuffer> } => ({
  index,
  rows: Int32Array.from(rows),
  columns: Int32Array.from(rows, (_, i) => 10 * index + i),
});

test('panels in any order: their pivots from left to right', () => {
  const panels = [panel(0, [4, 7]), panel(1, []), panel(2, [0, 5]), panel(3, [9])];
  for (const order of [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [1, 3, 0, 2],
  ]) {
    const record = new PivotRecord(100);
    for (const index of order) record.add(panels[index]!);
    expect([record.rows, record.columns]).toEqual([
      [4, 7, 0, 5, 9],
      [0, 1, 20, 21, 30],
    ]);
    expect([record.panels, record.rank, record.isComplete]).toEqual([4, 5, false]);
    const short = new PivotRecord(3);
    for (const index of order) short.add(panels[index]!);
    expect([short.rows, short.isComplete]).toEqual([[4, 7, 0, 5], true]);
  }
});

test('a panel whose left neighbour is not known waits', () => {
  const record = new PivotRecord(2);
  record.add(panel(1, [1, 2]));
  expect([record.panels, record.rank, record.isComplete]).toEqual([0, 0, false]);
  record.add(panel(0, []));
  expect([record.panels, record.rank, record.isComplete]).toEqual([2, 2, true]);
});
