import { describe, expect, test } from 'vitest';
import { fibreAt, genericFibre } from '../../src/identifiability/index.ts';
import { attentionStack, network, parameterBlocks, type Network } from '../../src/network/index.ts';
import { verify } from '../../src/verify/index.ts';
import { serializeCertificate } from '../../src/certificate/index.ts';
import { weights } from '../../src/weights/index.ts';

const heads = (fields: object, sequenceLength = 3): Network =>
  network({
    inputDim: 3,
    sequenceLength,
    layers: [{ kind: 'attention', normalization: 'softmax', headDim: 2, outputDim: 3, ...fields }] as never,
  });

describe('explained by the group, with a certificate', () => {
  test.each<[string, Network, number, string[], bigint | null]>([
    [
      'two softmax heads',
      heads({ numHeads: 2, valueDim: 2 }),
      16,
      ['GL(2)', 'GL(2)', 'GL(2)', 'GL(2)', 'S_2'],
      // Two orders of the heads, and signs of four determinants.
      32n,
    ],
    ['with biases', heads({ bias: true }), 4 + 2 + 3, ['GL(2)', 'R^2', 'R^3'], 2n],
    [
      'one lightning layer',
      attentionStack({ dims: [3, 2], headDims: [2], sequenceLength: 2, normalization: 'none' }),
      5,
      ['GL(2)', 'R^*'],
      4n,
    ],
    [
      'one lightning layer whose factors v and k may be exchanged',
      attentionStack({ dims: [3, 1], headDims: [1], sequenceLength: 2, normalization: 'none' }),
      2,
      ['GL(1)', 'R^*'],
      8n,
    ],
    [
      'a stack',
      attentionStack({ dims: [3, 3, 2], headDims: [2, 2], sequenceLength: 3, normalization: 'none' }),
      2 * 4 + 9 + 2,
      ['GL(2)', 'R^*', 'GL(3)', 'GL(2)', 'R^*'],
      null,
    ],
  ])('%s', async (_, shape, dimension, names, components) => {
    const found = await genericFibre(shape);
    expect(found).toMatchObject({
      dimension: { lower: dimension, upper: dimension, exact: true },
      orbitDimension: dimension,
      isExplained: true,
      components,
    });
    expect(found.group.map(({ name }) => name)).toEqual(names);
    expect((await verify(serializeCertificate(found.certificate))).accepted).toBe(true);
    // And the fibre through some weights is not smaller.
    const at = weights(
      shape,
      parameterBlocks(shape).map(({ rows, cols, offset }) => ({
        rows,
        cols,
        numerators: Array.from({ length: rows * cols }, (__, e) => BigInt(((offset + e) * 7919) % 211) - 97n),
        denominator: 64n,
      })),
    );
    expect((await fibreAt(at)).dimension.lower).toBe(dimension);
  });
});

test('what these transformations do not explain', async () => {
  // Lightning heads may be mixed by GL(2), too.
  const mixed = network({
    inputDim: 3,
    sequenceLength: 2,
    layers: [{ kind: 'attention', normalization: 'none', numHeads: 2, headDim: 3, outputDim: 2 }],
  });
  const found = await genericFibre(mixed);
  expect(found.dimension.exact).toBe(true);
  expect(found.orbitDimension).toBeLessThan(found.dimension.lower);
  expect(found).toMatchObject({ isExplained: false, components: null });
});
