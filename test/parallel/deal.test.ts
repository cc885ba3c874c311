import { expect, test } from 'vitest';
import {
  columnsOfPanel,
  ownColumnCount,
  ownColumnsBefore,
  ownerOf,
  ownPanels,
  ownsPanelFrom,
  panelCount,
  piecesOf,
  type Deal,
} from '../../src/parallel/deal.ts';

test('every panel has one owner, and lies where its owner looks for it', () => {
  for (const columns of [1, 16, 17, 95, 96, 97, 500])
    for (const threads of [1, 2, 3, 4, 7]) {
      const deal: Deal = { rows: 3, columns, panelColumns: 32, threads };
      const count = panelCount(deal);
      const owners = Array.from({ length: count }, (_, k) => ownerOf(deal, k));
      for (let thread = 0; thread < threads; thread++) {
        let left = 0;
        for (const [k, owner] of owners.entries()) {
          expect(ownColumnsBefore(deal, thread, k)).toBe(left);
          expect(ownsPanelFrom(deal, thread, k)).toBe(owners.slice(k).includes(thread));
          const { from, to } = columnsOfPanel(deal, k);
          if (owner === thread) left += Math.ceil((to - from) / 16) * 16;
        }
        expect(ownColumnsBefore(deal, thread, count)).toBe(left);
        expect(ownPanels(deal, thread)).toEqual(
          [...owners.keys()].filter((k) => owners[k] === thread).map((k) => columnsOfPanel(deal, k)),
        );
      }
      const all = Array.from({ length: threads }, (_, thread) => ownColumnCount(deal, thread));
      expect(all.reduce((a, b) => a + b)).toBe(columns);
    }
});

test('pieces cover the rows', () => {
  for (const rows of [1, 511, 512, 513, 100_000]) {
    const pieces = piecesOf({ rows, columns: 4096, panelColumns: 256, threads: 2 }, 1);
    expect(pieces.flatMap(({ top, bottom }) => [top, bottom])).toEqual([
      0,
      ...pieces.slice(1).flatMap(({ top }) => [top, top]),
      rows,
    ]);
    for (const { top, bottom } of pieces) expect(bottom).toBeGreaterThan(top);
  }
});
