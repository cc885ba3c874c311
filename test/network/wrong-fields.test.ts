import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layer } from '../../src/network/format.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import { anyLayer, kinds, type LayerCase } from './any-layer.ts';

/** What is wrong for a sort of fields: values of another type, and wrong values of the right type. */
interface Wrong {
  readonly types: readonly unknown[];
  readonly values: readonly unknown[];
}

const notANumber = [null, '2', '', true, [2], { value: 2 }, 3n, () => 2, Symbol('2')];
const notANatural = [0, -1, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 53, 1e308, 5e-324];
const size: Wrong = { types: notANumber, values: notANatural };
const flag: Wrong = { types: [null, 0, 1, 'true', '', [], {}, 1n], values: [] };
const word: Wrong = {
  types: [null, 1, true, [], ['softmax'], {}],
  values: ['', 'Softmax', 'EXP', '__proto__', 'constructor', 'toString', 'gelu', 'relu', 'x'.repeat(1e6)],
};
const name: Wrong = { types: [null, 1, true, [], ['a'], {}], values: [] };
const record: Wrong = { types: [null, 1, 'x', true, [], new Map(), new (class A {})()], values: [{ x: 1 }] };
const rational: Wrong = {
  types: [null, true, [1], {}, 1n],
  // prettier-ignore
  values: [
    // Not numbers, or not written as numbers are here.
    '', ' 1', '1 ', 'a', '1/0', '1/-2', '1//2', '1/2/3', '0x1', '1_0', '١', '.5', '1.', '+1', 'NaN', 'Infinity',
    // Too long, as a text or as a fraction.
    '9'.repeat(1e6), `1/${'3'.repeat(1e6)}`, '1e-999999999', '1e999999999', '1e40', '1e-40', 5e-324,
    NaN, Infinity, -Infinity, 1e308, -1e308, 2 ** 53,
  ],
};
const plus = (sort: Wrong, ...values: unknown[]): Wrong => ({ ...sort, values: [...sort.values, ...values] });
const list: Wrong = { types: [null, 1, 'x', true, {}, { length: 1, 0: {} }, undefined], values: [[]] };

interface Field {
  readonly wrong: Wrong;
  readonly isRequired?: true;
  /** Other fields, without which this one is not looked at. */
  readonly beside?: object;
}

const required = (wrong: Wrong): Field => ({ wrong, isRequired: true });
const optional = (wrong: Wrong): Field => ({ wrong });
const tying = { label: optional(name), tiedTo: optional(plus(name, 'nowhere', '__proto__', '')) };
const coefficient: Field = { wrong: plus(rational, 0, '0', '0/3'), beside: { function: 'gelu-tanh' } };

/** The fields of each kind of layer, by docs/networks.md. */
const fields: Readonly<Record<Layer['kind'], Readonly<Record<string, Field>>>> = {
  attention: {
    normalization: required(word),
    headDim: required(size),
    numHeads: optional(plus(size, 2 ** 16 + 1)),
    numKeyValueHeads: optional(size),
    valueDim: optional(size),
    outputDim: optional(size),
    causal: optional(flag),
    window: optional(size),
    alibi: optional(flag),
    rotary: optional({
      types: [...record.types, {}, { dim: 2 }, { base: '2' }, { base: 2, dim: null }],
      values: [...record.values, { base: 1 }, { base: 2 ** 31 }, { base: 2.5 }, { base: 2, dim: 1 }],
    }),
    context: optional(flag),
    bias: optional({
      types: [null, 1, 'x', [], new Map(), { query: 1 }, { output: null }],
      values: [{ x: true }, { queries: true }],
    }),
    ...tying,
  },
  linear: {
    outputDim: required(size),
    bias: optional(flag),
    transposed: optional(plus(flag, true)),
    ...tying,
  },
  power: { exponent: required(size) },
  activation: { function: required(plus(word, 'identity')), coefficient },
  gated: {
    function: required(word),
    coefficient,
    hiddenDim: required(size),
    outputDim: optional(size),
    bias: optional(flag),
    ...tying,
  },
  rmsnorm: {
    epsilon: optional(plus(rational, -1, '-1/2', -5e-7)),
    weight: optional(flag),
    unitOffset: optional(flag),
    ...tying,
  },
  layernorm: {
    epsilon: optional(plus(rational, -1, '-1/2', -5e-7)),
    weight: optional(flag),
    bias: optional(flag),
    ...tying,
  },
  positions: tying,
  scale: { factor: required(plus(rational, 0, '0', '0/3', -0)) },
  residual: { layers: required(list) },
  sum: { branches: required(plus(list, [[]])) },
};

/** Layers around the one that is wrong, in which its path is longer. */
const surroundings = fc.array(fc.constantFrom('residual', 'sum', 'behind'), { maxLength: 4 });

/** The network in which a layer stands, and where it stands there. */
function placed(
  { network }: LayerCase,
  layer: object,
  around: readonly string[],
): { value: object; path: string } {
  let layers: object[] = [layer];
  let path = '[0]';
  for (const kind of around)
    if (kind === 'behind' && path.startsWith('[0]')) {
      layers = [{ kind: 'scale', factor: 2 }, ...layers];
      path = path.replace('[0]', '[1]');
    } else if (kind === 'residual') {
      layers = [{ kind, layers }];
      path = `[0].layers${path}`;
    } else {
      layers = [{ kind: 'sum', branches: [[], layers] }];
      path = `[0].branches[1]${path}`;
    }
  return {
    value: { format: 'dimcert-network', version: 1, ...network, layers },
    path: `network.layers${path}`,
  };
}

function faultOf(value: unknown): Error {
  try {
    parseNetwork(value);
  } catch (fault) {
    return fault as Error;
  }
  throw new Error(`accepted: ${JSON.stringify(value)}`);
}

describe.each(kinds)('%s', (kind) => {
  const known = Object.entries(fields[kind]);

  it.each(known)('refuses what is wrong for %s', (key, { wrong, isRequired, beside }) => {
    const cases = [
      ...wrong.types.map((value) => ({ value, expected: 'TypeError' })),
      ...wrong.values.map((value) => ({ value, expected: 'RangeError' })),
      ...(isRequired ? [{ value: undefined, expected: 'TypeError' }] : []),
    ];
    fc.assert(
      fc.property(anyLayer(kind), surroundings, (made, around) => {
        for (const { value, expected } of cases) {
          const layer = { ...made.written, ...beside, [key]: value };
          const { value: network, path } = placed(made, layer, around);
          const fault = faultOf(network);
          expect(fault.name).toBe(expected);
          const [where, said] = splitOnce(fault.message, ': expected ');
          expect(where.slice(0, path.length + 1 + key.length)).toBe(`${path}.${key}`);
          expect(said).toMatch(/^.+, got .+/);
          expect(fault.message.length).toBeLessThan(600);
        }
      }),
      { seed: 1, numRuns: 10 },
    );
  });

  it('refuses every other key', () => {
    const other = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'Kind', 'kind ', 'inputDim', 'output_dim', 'dropout'),
      fc.string(),
    );
    fc.assert(
      fc.property(anyLayer(kind), surroundings, other, fc.jsonValue(), (made, around, key, value) => {
        fc.pre(key !== 'kind' && !Object.hasOwn(fields[kind], key));
        const layer = Object.fromEntries([...Object.entries(made.written), [key, value]]);
        const { value: network, path } = placed(made, layer, around);
        const fault = faultOf(network);
        expect(fault.name).toBe('RangeError');
        expect(fault.message.startsWith(`${path}: expected known keys, got "`)).toBe(true);
        expect(fault.message).toContain('; did you mean "');
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('refuses values that are no layer, and keys of other kinds', () => {
    for (const value of [null, 1, 'x', true, [], undefined, new Date(0)])
      expect(faultOf(placed({ network: { inputDim: 2, sequenceLength: 1 } } as LayerCase, value as object, []).value)) // prettier-ignore
        .toBeInstanceOf(TypeError);
    const foreign = Object.keys(Object.assign({}, ...Object.values(fields)) as object).filter(
      (key) => !Object.hasOwn(fields[kind], key),
    );
    expect(foreign.length).toBeGreaterThan(5);
    fc.assert(
      fc.property(anyLayer(kind), fc.constantFrom(...foreign), (made, key) => {
        const { value, path } = placed(made, { ...made.written, [key]: 1 }, []);
        expect(faultOf(value).message).toContain(`${path}: expected known keys, got "${key}"`);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return [text.slice(0, at), text.slice(at + by.length)];
}
