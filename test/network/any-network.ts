import fc from 'fast-check';
import type { Network } from '../../src/network/format.ts';
import { parseNetwork } from '../../src/network/parse.ts';

/** Upper bounds of the sizes; all are small by default. */
export interface NetworkSizes {
  readonly layers?: number;
  readonly width?: number;
  readonly tokens?: number;
}

/** A layer as JSON, and the width that leaves it. */
interface Made {
  readonly layer: object;
  readonly width: number;
}

interface Surroundings {
  readonly width: number;
  readonly hasContext: boolean;
  readonly sizes: Required<NetworkSizes>;
  /** How deep layers may be inside layers. */
  readonly depth: number;
}

const rationals = fc.constantFrom('1/100000', '2', '3/7');
const functions = fc.constantFrom('exp', 'sigmoid', 'silu', 'tanh', 'softplus', 'gelu-tanh');
/** Present one time in three, else absent. */
const sometimes = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });
const flag = sometimes(fc.constant(true));

/** Random valid networks of all kinds of layers. */
export function anyNetwork(sizes: NetworkSizes = {}): fc.Arbitrary<Network> {
  const all = { layers: 3, width: 4, tokens: 3, ...sizes };
  const size = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most });
  const context = fc.record({ inputDim: size(3), sequenceLength: size(2) });
  return fc
    .record({ inputDim: size(all.width), sequenceLength: size(all.tokens), context: sometimes(context) })
    .chain((head) =>
      layersFrom(
        { width: head.inputDim, hasContext: head.context !== undefined, sizes: all, depth: 2 },
        1,
      ).map(({ layers }) => ({ ...head, layers })),
    )
    .chain((network) =>
      fc.boolean().map((tied) => {
        const whole = withKnownConstant(withReadContext(network));
        return tied ? withTies(whole) : whole;
      }),
    )
    .map((network) => parseNetwork({ format: 'dimcert-network', version: 1, ...network }));
}

function layersFrom(around: Surroundings, least: number): fc.Arbitrary<{ layers: object[]; width: number }> {
  const grow = (
    count: number,
    made: object[],
    width: number,
  ): fc.Arbitrary<{ layers: object[]; width: number }> =>
    count === 0
      ? fc.constant({ layers: made, width })
      : anyLayer({ ...around, width }).chain((next) =>
          // Where the width stays, a layer may follow itself: then the two can be tied.
          fc.constantFrom(1, 1, 1, next.width === width ? 2 : 1).chain((times) => {
            const layers = Array.from({ length: times }, () => next.layer);
            return grow(count - 1, [...made, ...layers], next.width);
          }),
        );
  return fc.integer({ min: least, max: around.sizes.layers }).chain((count) => grow(count, [], around.width));
}

function anyLayer(around: Surroundings): fc.Arbitrary<Made> {
  const { width, sizes, depth } = around;
  const same = (layer: fc.Arbitrary<object>): fc.Arbitrary<Made> =>
    layer.map((made) => ({ layer: made, width }));
  const outputDim = fc.integer({ min: 1, max: sizes.width });
  const leaving = (layer: fc.Arbitrary<{ outputDim: number }>): fc.Arbitrary<Made> =>
    layer.map((made) => ({ layer: made, width: made.outputDim }));
  const activation = functions.chain((name): fc.Arbitrary<object> =>
    name === 'gelu-tanh'
      ? fc.record({
          function: fc.constant(name),
          coefficient: sometimes(fc.constantFrom('0.7978845608028654', '4/5')),
        })
      : fc.record({ function: fc.constant(name) }),
  );
  const norm = { epsilon: sometimes(rationals), weight: sometimes(fc.constant(false)) };
  const simple = [
    leaving(fc.record({ kind: fc.constant('linear'), outputDim, bias: flag })),
    leaving(fc.record({ kind: fc.constant('linear'), outputDim })),
    same(fc.record({ kind: fc.constant('power'), exponent: fc.integer({ min: 2, max: 3 }) })),
    same(activation.map((fields) => ({ kind: 'activation', ...fields }))),
    leaving(
      fc
        .record({
          gate: fc.oneof(activation, fc.constant({ function: 'identity' })),
          hiddenDim: outputDim,
          outputDim,
          bias: flag,
        })
        .map(({ gate, ...fields }) => ({ kind: 'gated', ...gate, ...fields })),
    ),
    same(
      fc
        .record({ ...norm, unitOffset: flag })
        .map((fields) => ({ kind: 'rmsnorm', ...fields, unitOffset: fields.weight ?? fields.unitOffset })),
    ),
    same(fc.constant({ kind: 'positions' })),
    same(fc.record({ kind: fc.constant('scale'), factor: fc.constantFrom('-1', '2', '3/7') })),
    anyAttention(around),
    anyAttention(around),
  ];
  if (width >= 2)
    simple.push(
      same(fc.record(norm).chain((fields) => flag.map((bias) => ({ kind: 'layernorm', ...fields, bias })))),
    );
  if (depth === 0) return fc.oneof(...simple);
  const inside = { ...around, depth: depth - 1, sizes: { ...sizes, layers: 2 } };
  const residual = layersFrom(inside, 1).chain(({ layers, width: last }) =>
    fc.constant({
      layer: {
        kind: 'residual',
        layers: last === width ? layers : [...layers, { kind: 'linear', outputDim: width }],
      },
      width,
    }),
  );
  const sum = fc.tuple(layersFrom(inside, 0), layersFrom(inside, 0)).map(([a, b]) => {
    const fitted = b.width === a.width ? b.layers : [...b.layers, { kind: 'linear', outputDim: a.width }];
    return { layer: { kind: 'sum', branches: [a.layers, fitted] }, width: a.width };
  });
  return fc.oneof(...simple, residual, sum);
}

function anyAttention({ hasContext, sizes }: Surroundings): fc.Arbitrary<Made> {
  const outputDim = fc.integer({ min: 1, max: sizes.width });
  return fc
    .record({
      normalization: fc.constantFrom('none', 'softmax'),
      heads: fc.constantFrom([1, 1], [1, 1], [2, 2], [2, 1], [4, 2]).map(([numHeads, numKeyValueHeads]) => ({
        numHeads: numHeads!,
        numKeyValueHeads: numKeyValueHeads!,
      })),
      headDim: fc.integer({ min: 1, max: 4 }),
      valueDim: sometimes(fc.integer({ min: 1, max: 3 })),
      outputDim,
      causal: flag,
      window: sometimes(fc.integer({ min: 1, max: sizes.tokens })),
      alibi: flag,
      rotary: sometimes(
        fc.constantFrom<{ base: number; dim?: number }>(
          { base: 10000 },
          { base: 4 },
          { base: 500000 },
          { base: 10, dim: 2 },
        ),
      ),
      context: flag,
      bias: sometimes(
        fc.oneof(fc.constant(true), fc.record({ query: flag, key: flag, value: flag, output: flag })),
      ),
    })
    .map(({ heads, causal, window, alibi, rotary, context, valueDim, ...fields }) => {
      const reads = context === true && hasContext;
      const turned = reads ? undefined : rotary;
      const even = 2 * Math.ceil(fields.headDim / 2);
      const layer = {
        kind: 'attention',
        ...fields,
        headDim: turned ? Math.max(fields.headDim, turned.dim ?? even) : fields.headDim,
        ...heads,
        valueDim: heads.numKeyValueHeads < heads.numHeads ? (valueDim ?? 2) : valueDim,
        ...(reads
          ? { context }
          : {
              causal,
              window,
              ...(fields.normalization === 'softmax' && { alibi }),
              rotary: turned,
            }),
      };
      return { layer, width: fields.outputDim };
    });
}

interface Loose {
  readonly context?: object | undefined;
  readonly layers: readonly object[];
  readonly inputDim: number;
  readonly sequenceLength: number;
}

/** A context that nothing reads is refused. */
function withReadContext(network: Loose): Loose {
  return JSON.stringify(network.layers).includes('"context":true')
    ? network
    : { ...network, context: undefined };
}

/** Beside rotary positions √(2/π) is refused. */
function withKnownConstant(network: Loose): Loose {
  const text = JSON.stringify(network);
  if (!text.includes('"rotary"')) return network;
  const known = text.replaceAll(
    /"function":"gelu-tanh"(?!,"coefficient")/g,
    '"function":"gelu-tanh","coefficient":"4/5"',
  );
  return JSON.parse(known) as Loose;
}

type Fields = Record<string, unknown>;

/** What may have a label: it may be tied to if it comes before, and has the shapes and the fields of the later. */
interface Labelled {
  readonly layer: Fields;
  readonly form: string;
  readonly width: number;
}

/** Ties layers to the first one before with the same fields between the same widths; linear ones also to one of the transposed shape. */
function withTies(network: Loose): Loose {
  const labelled: Labelled[] = [];
  const tie = (layer: Fields, found: Labelled, transposed: boolean): Fields => {
    found.layer.label ??= `shared ${labelled.indexOf(found)}`;
    return { ...layer, tiedTo: found.layer.label, ...(transposed && { transposed }) };
  };
  const tiedLayer = (given: Fields, width: number): Fields => {
    const form = JSON.stringify(given);
    const same = labelled.find((other) => other.form === form && other.width === width);
    if (same) return tie(given, same, false);
    const turned = labelled.find(
      ({ layer, width: other }) =>
        given.kind === 'linear' &&
        layer.kind === 'linear' &&
        layer.outputDim === width &&
        other === given.outputDim,
    );
    if (turned) return tie(given, turned, true);
    const layer = { ...given };
    labelled.push({ layer, form, width });
    return layer;
  };
  const through = (layers: readonly Fields[], entering: number): { layers: Fields[]; width: number } => {
    let width = entering;
    const made = layers.map((layer) => {
      if (layer.kind === 'residual')
        return { ...layer, layers: through(layer.layers as Fields[], width).layers };
      if (layer.kind === 'sum') {
        const branches = (layer.branches as Fields[][]).map((branch) => through(branch, width));
        width = branches[0]!.width;
        return { ...layer, branches: branches.map((branch) => branch.layers) };
      }
      const tied = isTieable(layer) ? tiedLayer(layer, width) : layer;
      width = (layer.outputDim as number | undefined) ?? width;
      return tied;
    });
    return { layers: made, width };
  };
  return { ...network, layers: through(network.layers as Fields[], network.inputDim).layers };
}

/** Has it parameters? */
function isTieable({ kind, weight, bias }: Fields): boolean {
  if (kind === 'rmsnorm' || kind === 'layernorm') return weight !== false || bias === true;
  return kind === 'attention' || kind === 'linear' || kind === 'gated' || kind === 'positions';
}
