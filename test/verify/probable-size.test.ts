import fc from 'fast-check';
import { expect, test } from 'vitest';
import { derivativeSize } from '../../src/monte-carlo/size.ts';
import { networkGraph } from '../../src/network/graph.ts';
import type { Network } from '../../src/network/format.ts';
import { errorExponent } from '../../src/verify/monte-carlo/error-probability.ts';
import { rowSize } from '../../src/verify/monte-carlo/row-size.ts';
import { stepsOf } from '../../src/verify/steps.ts';
import { anyNetwork } from '../network/any-network.ts';
import { networkOf } from '../symmetry/networks.ts';
import { compiled } from './produce.ts';

function sizeOf(network: Network) {
  const program = compiled(network);
  return rowSize(program, stepsOf(program.program));
}

const softmax = { kind: 'attention', normalization: 'softmax', headDim: 1, outputDim: 1 };
const linear = (outputDim: number): object => ({ kind: 'linear', outputDim });
const apply = (name: string): object => ({ kind: 'activation', function: name });

// Counted by hand.
test.each<[string, number, number, object[], { degree: number; bits: number }]>([
  ['W x', 4, 1, [linear(1)], { degree: 2, bits: 2 }],
  // d·(Ẇ₂·x + W₂·ẋ): one bit for the sum, two for d = 2 twice.
  ['W₂ W₁ x', 2, 1, [linear(2), linear(1)], { degree: 3, bits: 3 }],
  // 5·(w x)⁴·ẇ x
  ['(w x)⁵', 1, 1, [linear(1), { kind: 'power', exponent: 5 }], { degree: 10, bits: Math.log2(5) }],
  // v·q·k·x_i·x_j·x_j by three parameters: two sums. Of two keys and one column.
  ['lightning', 1, 2, [{ ...softmax, normalization: 'none' }], { degree: 6, bits: 3 }],
  // E·ẇx
  ['exp', 1, 1, [linear(1), apply('exp')], { degree: 3, bits: 0 }],
  // AB/(A + B)²·ẇx, where B = 1.
  ['sigmoid', 1, 1, [linear(1), apply('sigmoid')], { degree: 3, bits: 0 }],
  // 4AB/(A + B)²·ẇx: the unit is that of e^{2z}.
  ['tanh', 1, 1, [linear(1), apply('tanh')], { degree: 3, bits: 2 }],
  // A/(A + B)·ẇx
  ['softplus', 1, 1, [linear(1), apply('softplus')], { degree: 3, bits: 0 }],
  // (A/(A + B) + wx·AB/(A + B)²)·ẇx over (A + B)³: A·(A + B)² has degree 3, wx·AB·(A + B) degree 4.
  ['SiLU', 1, 1, [linear(1), apply('silu')], { degree: 6, bits: 3 }],
  [
    'two columns, each with its denominator',
    1,
    1,
    [linear(2), apply('sigmoid')],
    // Columns together: AB/(A + B)² has degree 1 + 2 over 4, then ẇx.
    { degree: 5, bits: 2 },
  ],
])('the size of %s', (_, inputDim, tokens, layers, size) => {
  expect(sizeOf(networkOf(inputDim, tokens, layers))).toEqual(size);
});

test('sizes are those of the producer, and smaller for powers alone', () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(anyNetwork(), (network) => {
      const mine = sizeOf(network);
      const other = derivativeSize(networkGraph(network), 0);
      expect(mine === null).toBe(other === null);
      if (mine === null || other === null) return;
      for (const { operation } of compiled(network).program.tensors) kinds.add(operation.kind);
      const text = JSON.stringify(network);
      const relative = (ours: number, theirs: number): number => (ours - theirs) / Math.max(1, theirs);
      for (const difference of [relative(mine.degree, other.degree), relative(mine.bits, other.bits)]) {
        expect(difference).toBeLessThan(1e-9);
        if (!text.includes('"power"')) expect(difference).toBeGreaterThan(-1e-9);
      }
    }),
    { numRuns: 300 },
  );
  // All operations but those of norms have been met.
  expect([...kinds].sort()).toEqual(
    [
      'tokens combination linear shift rotation scores softmax mix power geluArgument exponential',
      'logistic hyperbolic logarithm product',
    ]
      .join(' ')
      .split(' ')
      .sort(),
  );
});

test('factors beyond the doubles have a size', () => {
  const factor = String(10n ** 39n);
  const layers = [linear(1), ...Array.from({ length: 10 }, () => ({ kind: 'scale', factor }))];
  expect(sizeOf(networkOf(1, 1, layers))!.bits).toBeCloseTo(390 * Math.log2(10), 6);
});

test('the error probability of docs/monte-carlo.md, in rational numbers', () => {
  // U·(U·g/(2⁶⁰ − 3) + U·b·3·61·ln 2/(60·2⁶⁰)), with ln 2 up to 10⁻¹⁸, times 2¹⁰⁰.
  const scale = 10n ** 18n;
  const ln2 = 693147180559945309n;
  for (const [degree, bits, most] of [
    [1, 0, 1],
    [0, 7, 3],
    [1000, 500, 64],
    [12345, 67, 2000],
  ] as const) {
    const [g, b, U] = [BigInt(degree), BigInt(bits), BigInt(most)];
    const root = ((U * U * g) << 100n) / (2n ** 60n - 3n);
    const divided = ((U * U * b * 3n * 61n * ln2) << 100n) / (60n * 2n ** 60n * scale);
    expect(errorExponent({ degree, bits }, most)).toBeCloseTo(Math.log2(Number(root + divided)) - 100, 9);
  }
});
