import { expect, test } from 'vitest';
import {
  columnsOfPanel,
  dealPanels,
  ownColumnCount,
  ownColumnsBefore,
  ownerOf,
  ownPanels,
  ownsPanelFrom,
  panelCount,
  piecesOf,
} from '../../src/parallel/deal.ts';

test('every panel has one owner, and lies where its owner looks for it', () => {
  for (const columns of [1, 16, 17, 95, 96, 97, 500])
    for (const threads of [1, 2, 3, 4, 7]) {
      const deal = dealPanels(3, columns, 32, threads);
      const count = panelCount(deal);
      const owners = Array.from({ length: count }, (_, k) => ownerOf(deal, k));
      expect(deal.threads).toBeLessThanOrEqual(Math.min(threads, count));
      expect(new Set(owners)).toEqual(new Set(Array.from({ length: deal.threads }, (_, thread) => thread)));
      for (let thread = 0; thread < deal.threads; thread++) {
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
      const all = Array.from({ length: deal.threads }, (_, thread) => ownColumnCount(deal, thread));
      expect(all.reduce((a, b) => a + b)).toBe(columns);
    }
});

test('pieces cover the rows', () => {
  for (const rows of [1, 511, 512, 513, 100_000]) {
    const pieces = piecesOf(dealPanels(rows, 4096, 256, 2), 1);
    expect(pieces.flatMap(({ top, bottom }) => [top, bottom])).toEqual([
      0,
      ...pieces.slice(1).flatMap(({ top }) => [top, top]),
      rows,
    ]);
    for (const { top, bottom } of pieces) expect(bottom).toBeGreaterThan(top);
  }
});

test('the calling thread takes more the longer the others need to start, and all of a small matrix', () => {
  const share = (headStart: number): number => ownColumnCount(dealPanels(4096, 4096, 256, 2, headStart), 0);
  expect(share(0)).toBeGreaterThanOrEqual(4096 / 2 - 256);
  expect(share(0)).toBeLessThanOrEqual(4096 / 2 + 256);
  expect(share(2 ** 32)).toBeGreaterThan(share(0));
  expect(dealPanels(300, 300, 256, 2, 2 ** 31)).toMatchObject({ threads: 1, owners: [0, 0] });
});
