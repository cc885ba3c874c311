import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { colorsOf } from '../../src/cli/console.ts';
import { ProgressLine, progressText } from '../../src/cli/progress.ts';

function terminal(columns: number, isTTY = true) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns });
  return { stream, written: () => (stream.read() as string | null) ?? '' };
}

test('phase, bar, percent and rank', () => {
  expect(progressText({ phase: 'elimination', done: 26, total: 52 }, 'rank ')).toBe(
    `elimination  ${'█'.repeat(12)}${'░'.repeat(12)}  50 %  rank 26 of 52`,
  );
  expect(progressText({ phase: 'independence', done: 0, total: 0 }, '')).toContain('  0 %  0 of 0');
  expect(progressText({ phase: 'Jacobian', done: 60, total: 52 }, 'rank ')).toContain(
    ' 100 %  rank 60 of 52',
  );
});

test('it is repainted at most ten times a second, never wider than the terminal, and erased', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { stream, written } = terminal(30);
  const line = new ProgressLine(stream);
  for (let i = 0; i < 100; i++) {
    vi.advanceTimersByTime(10);
    line.report({ phase: 'elimination', done: i, total: 100 });
  }
  const paints = written().split('\r').slice(1);
  expect(paints.length).toBeGreaterThan(5);
  expect(paints.length).toBeLessThanOrEqual(10);
  for (const paint of paints) {
    expect(paint.endsWith('\x1b[K')).toBe(true);
    expect(paint.length - '\x1b[K'.length).toBeLessThan(30);
  }
  line.clear();
  expect(written()).toBe('\r\x1b[K');
  line.clear();
  expect(written()).toBe('');
});

test('nothing is written where there is no terminal', () => {
  const { stream, written } = terminal(80, false);
  const line = new ProgressLine(stream);
  line.report({ phase: 'elimination', done: 1, total: 2 });
  line.clear();
  expect(written()).toBe('');
});

test.each<[boolean, NodeJS.ProcessEnv, boolean]>([
  [true, {}, true],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, {}, false],
  [false, { CI: 'true', FORCE_COLOR: '1' }, false],
])('colours: terminal %j, %j: %j', (isTTY, env, expected) => {
  expect(colorsOf(terminal(80, isTTY).stream, env).isColorSupported).toBe(expected);
});
