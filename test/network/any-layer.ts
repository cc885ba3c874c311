import fc from 'fast-check';
import type { Layer, Network } from '../../src/network/format.ts';

/** One layer in a network of its own, and what docs/networks.md says of it. */
export interface LayerCase {
  /** The network around it, without its layers. */
  readonly network: Pick<Network, 'inputDim' | 'sequenceLength' | 'context'>;
  /** The layer in the minimal form. */
  readonly minimal: Layer;
  /** The same layer in other words: default values spelled out, fractions as decimals. */
  readonly written: object;
  /** Its parameter matrices in their order, as `Q0 2×3`: the name, the head or group, rows × columns. */
  readonly matrices: readonly string[];
}

/** What surrounds the layer. */
interface Around {
  readonly d: number;
  readonly t: number;
  readonly context: { readonly inputDim: number; readonly sequenceLength: number };
}

const size = fc.integer({ min: 1, max: 5 });
const flag = fc.boolean();

/** Fields that are in the minimal form only where the condition holds. */
const when = <T extends object>(condition: boolean, fields: T): Partial<T> => (condition ? fields : {});

/** Numbers in the minimal form, and in other words. */
const positive = fc.constantFrom<[minimal: string, written: unknown]>(
  ['1/100000', '1e-5'],
  ['1/100000', 1e-5],
  ['1/1000000', 0.000001],
  ['3/7', '6/14'],
  ['2', 2],
  ['12', '0.12e2'],
);
const rational = fc.oneof(
  positive,
  fc.constantFrom<[string, unknown]>(['-1', '-1.0'], ['-3/2', -1.5], ['-1/3', '-2/6']),
);

const activation = fc.oneof(
  fc
    .constantFrom('exp', 'sigmoid', 'silu', 'tanh', 'softplus', 'gelu-tanh')
    .map((name) => ({ minimal: { function: name }, written: { function: name } })),
  rational.map(([coefficient, other]) => ({
    minimal: { function: 'gelu-tanh', coefficient },
    written: { function: 'gelu-tanh', coefficient: other },
  })),
);
const epsilon = fc.oneof(
  fc.constantFrom<[string, unknown]>(['0', 0], ['0', '0/5'], ['0', '0.00'], ['0', undefined]),
  positive,
);

type Made = Omit<LayerCase, 'network' | 'minimal'> & { readonly minimal: object };

/** For each kind random layers with all its fields. */
const makers: Readonly<Record<Layer['kind'], (around: Around) => fc.Arbitrary<Made>>> = {
  linear: ({ d }) =>
    fc.record({ outputDim: size, bias: flag }).map(({ outputDim, bias }) => ({
      minimal: { kind: 'linear', outputDim, ...when(bias, { bias }) },
      written: { kind: 'linear', outputDim, bias, transposed: false },
      matrices: [`W ${outputDim}×${d}`, ...(bias ? [`b ${outputDim}×1`] : [])],
    })),

  power: () =>
    size.map((exponent) => ({
      minimal: { kind: 'power', exponent },
      written: { kind: 'power', exponent },
      matrices: [],
    })),

  activation: () =>
    activation.map(({ minimal, written }) => ({
      minimal: { kind: 'activation', ...minimal },
      written: { kind: 'activation', ...written },
      matrices: [],
    })),

  gated: ({ d }) =>
    fc
      .record({
        gate: fc.oneof(
          activation,
          fc.constant({ minimal: { function: 'identity' }, written: { function: 'identity' } }),
        ),
        hiddenDim: size,
        outputDim: size,
        bias: flag,
      })
      .map(({ gate, hiddenDim, outputDim, bias }) => {
        const maps = [
          ['G', hiddenDim, d],
          ['U', hiddenDim, d],
          ['D', outputDim, hiddenDim],
        ];
        return {
          minimal: { kind: 'gated', ...gate.minimal, hiddenDim, outputDim, ...when(bias, { bias }) },
          written: {
            kind: 'gated',
            ...gate.written,
            hiddenDim,
            bias,
            ...when(outputDim !== d, { outputDim }),
          },
          matrices: maps.flatMap(([name, rows, cols]) => [
            `${name} ${rows}×${cols}`,
            ...(bias ? [`b${name} ${rows}×1`] : []),
          ]),
        };
      }),

  rmsnorm: ({ d }) =>
    fc
      .record({ epsilon, weight: flag, unitOffset: flag })
      .map(({ epsilon: [reduced, other], weight, unitOffset }) => {
        const offset = weight && unitOffset;
        return {
          minimal: {
            kind: 'rmsnorm',
            ...when(reduced !== '0', { epsilon: reduced }),
            ...when(!weight, { weight }),
            ...when(offset, { unitOffset }),
          },
          written: { kind: 'rmsnorm', epsilon: other, weight, unitOffset: offset },
          matrices: weight ? [`gamma ${d}×1`] : [],
        };
      }),

  layernorm: ({ d }) =>
    fc.record({ epsilon, weight: flag, bias: flag }).map(({ epsilon: [reduced, other], weight, bias }) => ({
      minimal: {
        kind: 'layernorm',
        ...when(reduced !== '0', { epsilon: reduced }),
        ...when(!weight, { weight }),
        ...when(bias, { bias }),
      },
      written: { kind: 'layernorm', epsilon: other, weight, bias },
      matrices: [...(weight ? [`gamma ${d}×1`] : []), ...(bias ? [`beta ${d}×1`] : [])],
    })),

  positions: ({ d, t }) =>
    fc.constant({
      minimal: { kind: 'positions' },
      written: { kind: 'positions', label: undefined },
      matrices: [`P ${t}×${d}`],
    }),

  scale: () =>
    rational.map(([factor, other]) => ({
      minimal: { kind: 'scale', factor },
      written: { kind: 'scale', factor: other },
      matrices: [],
    })),

  residual: ({ d }) =>
    size.map((hidden) => ({
      minimal: {
        kind: 'residual',
        layers: [
          { kind: 'linear', outputDim: hidden },
          { kind: 'linear', outputDim: d },
        ],
      },
      written: {
        kind: 'residual',
        layers: [
          { kind: 'linear', outputDim: hidden, bias: false },
          { kind: 'linear', outputDim: d },
        ],
      },
      matrices: [`W ${hidden}×${d}`, `W ${d}×${hidden}`],
    })),

  sum: ({ d }) =>
    fc.array(flag, { minLength: 2, maxLength: 4 }).map((mapped) => ({
      minimal: {
        kind: 'sum',
        branches: mapped.map((isMapped) => (isMapped ? [{ kind: 'linear', outputDim: d }] : [])),
      },
      written: {
        kind: 'sum',
        branches: mapped.map((isMapped) =>
          isMapped ? [{ kind: 'linear', outputDim: d, bias: undefined }] : [],
        ),
      },
      matrices: mapped.filter(Boolean).map(() => `W ${d}×${d}`),
    })),

  attention: anyAttention,
};

function anyAttention({ d, context: second }: Around): fc.Arbitrary<Made> {
  const bias = fc.record({ query: flag, key: flag, value: flag, output: flag });
  return fc
    .record({
      normalization: fc.constantFrom('none', 'softmax'),
      groups: size,
      headsInGroup: fc.integer({ min: 1, max: 3 }),
      headDim: size,
      valueDim: fc.option(size, { nil: undefined }),
      outputDim: size,
      causal: flag,
      window: fc.option(size, { nil: undefined }),
      alibi: flag,
      base: fc.integer({ min: 2, max: 2 ** 31 - 1 }),
      pairs: fc.integer({ min: 0, max: 2 }),
      context: flag,
      bias,
    })
    .map((drawn) => {
      const { normalization, groups, headsInGroup, headDim, outputDim, context } = drawn;
      const numHeads = groups * headsInGroup;
      const valueDim = headsInGroup > 1 ? (drawn.valueDim ?? 2) : drawn.valueDim;
      const causal = drawn.causal && !context;
      const window = context ? undefined : drawn.window;
      const alibi = drawn.alibi && !context && normalization === 'softmax';
      const dim = 2 * Math.min(drawn.pairs, Math.floor(headDim / 2));
      const rotary = dim > 0 && !context ? { base: drawn.base, dim } : undefined;
      const biases = Object.entries(drawn.bias).filter(([, has]) => has);
      const source = context ? second.inputDim : d;
      const valueRows = valueDim ?? outputDim;

      const matrices: string[] = [];
      const add = (name: 'Q' | 'K' | 'V', index: number, rows: number, cols: number, has: boolean): void => {
        matrices.push(`${name}${index} ${rows}×${cols}`);
        if (has) matrices.push(`b${name}${index} ${rows}×1`);
      };
      for (let head = 0; head < numHeads; head++) {
        add('Q', head, headDim, d, drawn.bias.query);
        if (head % headsInGroup === 0) {
          add('K', head / headsInGroup, headDim, source, drawn.bias.key);
          add('V', head / headsInGroup, valueRows, source, drawn.bias.value);
        }
        if (valueDim !== undefined) matrices.push(`O${head} ${outputDim}×${valueDim}`);
      }
      if (drawn.bias.output) matrices.push(`bO ${outputDim}×1`);

      return {
        minimal: {
          kind: 'attention',
          normalization,
          ...when(numHeads > 1, { numHeads }),
          ...when(headsInGroup > 1, { numKeyValueHeads: groups }),
          headDim,
          ...when(valueDim !== undefined, { valueDim }),
          outputDim,
          ...when(causal, { causal }),
          ...when(window !== undefined, { window }),
          ...when(alibi, { alibi }),
          ...when(rotary !== undefined, {
            rotary: { base: drawn.base, ...when(dim !== headDim, { dim }) },
          }),
          ...when(context, { context }),
          ...when(biases.length > 0, { bias: Object.fromEntries(biases) }),
        },
        written: {
          kind: 'attention',
          normalization,
          numHeads,
          numKeyValueHeads: groups,
          headDim,
          valueDim,
          ...when(outputDim !== d, { outputDim }),
          causal,
          window,
          alibi,
          rotary,
          context,
          bias: biases.length === 4 ? true : drawn.bias,
        },
        matrices,
      };
    });
}

/** Random layers of one kind, each in a network of its own. */
export function anyLayer(kind: Layer['kind']): fc.Arbitrary<LayerCase> {
  return fc
    .record({
      d: fc.integer({ min: 2, max: 5 }),
      t: size,
      context: fc.record({ inputDim: size, sequenceLength: size }),
    })
    .chain((around) =>
      makers[kind](around).map((made) => ({
        ...made,
        minimal: made.minimal as Layer,
        network: {
          inputDim: around.d,
          sequenceLength: around.t,
          ...('context' in made.minimal && { context: { ...around.context } }),
        },
      })),
    );
}

export const kinds = Object.keys(makers) as Layer['kind'][];
