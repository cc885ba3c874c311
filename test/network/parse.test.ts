import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetwork, parseNetworkText } from '../../src/network/parse.ts';
import { anyNetwork } from './any-network.ts';

const layer = { kind: 'attention', normalization: 'none', headDim: 2, outputDim: 4 };
const valid = {
  format: 'dimcert-network',
  version: 1,
  inputDim: 4,
  sequenceLength: 3,
  layers: [layer, { kind: 'attention', normalization: 'softmax', headDim: 1, causal: true, valueDim: 3 }],
};
const withLayer = (fields: object) => ({ ...valid, layers: [layer, { ...layer, ...fields }] });
const without = (key: string) => Object.fromEntries(Object.entries(valid).filter(([name]) => name !== key));

const anyKind =
  'one of "attention", "linear", "power", "activation", "gated", "rmsnorm", "layernorm", "positions", "scale", "residual", "sum"';

/** Both the class and the whole message. */
function expectFault(value: unknown, fault: Error): void {
  let thrown: unknown;
  try {
    parseNetwork(value);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toEqual(fault);
  expect((thrown as Error).name).toBe(fault.name);
}
const type = (message: string) => new TypeError(message);
const range = (message: string) => new RangeError(message);

describe('parseNetwork', () => {
  it('gives the minimal form', () => {
    expect(parseNetwork(valid)).toStrictEqual({
      format: 'dimcert-network',
      version: 1,
      inputDim: 4,
      sequenceLength: 3,
      layers: [
        { kind: 'attention', normalization: 'none', headDim: 2, outputDim: 4 },
        { kind: 'attention', normalization: 'softmax', causal: true, headDim: 1, valueDim: 3, outputDim: 4 },
      ],
    });
  });

  it('drops default values, and takes the width that comes in as output dimension', () => {
    const defaults = { causal: false, numHeads: 1, numKeyValueHeads: 1, bias: false, valueDim: undefined };
    const written = { ...valid, layers: [{ ...layer, outputDim: 7, ...defaults }, { ...layer, outputDim: undefined }] }; // prettier-ignore
    expect(parseNetwork(written).layers).toStrictEqual([
      { kind: 'attention', normalization: 'none', headDim: 2, outputDim: 7 },
      { kind: 'attention', normalization: 'none', headDim: 2, outputDim: 7 },
    ]);
  });

  it('gives a deeply frozen value that shares nothing with its argument, and parses to itself', () => {
    fc.assert(
      fc.property(anyNetwork(), (network) => {
        expect(parseNetwork(network)).toStrictEqual(network);
        expect(parseNetworkText(JSON.stringify(network))).toStrictEqual(network);
        const again = parseNetwork(network);
        expect(again.layers).not.toBe(network.layers);
        expect([again, again.layers, ...again.layers].every(Object.isFrozen)).toBe(true);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('takes objects without a prototype', () => {
    const bare = Object.assign(Object.create(null), valid, {
      layers: [Object.assign(Object.create(null), layer)],
    });
    expect(parseNetwork(bare).layers).toStrictEqual([layer]);
  });

  it('begins messages with the title', () => {
    expect(() => parseNetwork({ ...valid, inputDim: 0 }, 'a.json')).toThrow(
      'a.json.inputDim: expected a positive integer, got 0',
    );
  });

  it.each([
    [null, type('network: expected an object, got null')],
    [undefined, type('network: expected an object, got undefined')],
    [7, type('network: expected an object, got 7')],
    ['{}', type('network: expected an object, got "{}"')],
    [[valid], type('network: expected an object, got an array of length 1')],
    [Object.create(valid), type('network: expected a plain object, got an object of another class')],
    [new Map(), type('network: expected a plain object, got an object of another class')],
    [{}, type('network.format: expected "dimcert-network", got undefined')],
    [without('format'), type('network.format: expected "dimcert-network", got undefined')],
    [{ ...valid, format: 1 }, type('network.format: expected "dimcert-network", got 1')],
    [
      { ...valid, format: 'dimcert-certificate', digest: '' },
      range('network.format: expected "dimcert-network", got "dimcert-certificate"'),
    ],
    [without('version'), type('network.version: expected 1, got undefined')],
    [{ ...valid, version: '1' }, type('network.version: expected 1, got "1"')],
    [{ ...valid, version: 2 }, range('network.version: expected 1, got 2')],
    [without('inputDim'), type('network.inputDim: expected a positive integer, got undefined')],
    [{ ...valid, inputDim: '4' }, type('network.inputDim: expected a positive integer, got "4"')],
    [{ ...valid, inputDim: 4n }, type('network.inputDim: expected a positive integer, got 4n')],
    [{ ...valid, inputDim: null }, type('network.inputDim: expected a positive integer, got null')],
    [
      { ...valid, inputDim: [4] },
      type('network.inputDim: expected a positive integer, got an array of length 1'),
    ],
    [
      { ...valid, inputDim: Object.create(null) },
      type('network.inputDim: expected a positive integer, got an object'),
    ],
    [{ ...valid, inputDim: 0 }, range('network.inputDim: expected a positive integer, got 0')],
    [{ ...valid, inputDim: -4 }, range('network.inputDim: expected a positive integer, got -4')],
    [{ ...valid, inputDim: 1.5 }, range('network.inputDim: expected a positive integer, got 1.5')],
    [{ ...valid, inputDim: NaN }, range('network.inputDim: expected a positive integer, got NaN')],
    [{ ...valid, inputDim: Infinity }, range('network.inputDim: expected a positive integer, got Infinity')],
    [
      { ...valid, inputDim: 2 ** 53 },
      range('network.inputDim: expected a positive integer, got 9007199254740992'),
    ],
    [{ ...valid, sequenceLength: 0 }, range('network.sequenceLength: expected a positive integer, got 0')],
    [without('layers'), type('network.layers: expected an array, got undefined')],
    [{ ...valid, layers: { 0: layer, length: 1 } }, type('network.layers: expected an array, got an object')],
    [
      { ...valid, layers: [] },
      range('network.layers: expected at least one layer, got an array of length 0'),
    ],
    [
      { ...valid, layers: Object.assign([], { length: 2 }) },
      type('network.layers[0]: expected an object, got undefined'),
    ],
    [{ ...valid, layers: [layer, null] }, type('network.layers[1]: expected an object, got null')],
    [
      { ...valid, inputdim: 4 },
      range('network: expected known keys, got "inputdim"; did you mean "inputDim"?'),
    ],
    [{ ...valid, seqLength: 4 }, range('network: expected known keys, got "seqLength"; did you mean "sequenceLength"?')], // prettier-ignore
    [
      JSON.parse('{"__proto__": {"inputDim": 4}}'),
      range('network: expected known keys, got "__proto__"; did you mean "format"?'),
    ],
  ])('refuses %o', (value, fault) => expectFault(value, fault));

  it.each([
    [{ kind: undefined }, type(`network.layers[1].kind: expected ${anyKind}, got undefined`)],
    [{ kind: 3 }, type(`network.layers[1].kind: expected ${anyKind}, got 3`)],
    [
      { normalization: undefined },
      type('network.layers[1].normalization: expected "none" or "softmax", got undefined'),
    ],
    [
      { normalization: null },
      type('network.layers[1].normalization: expected "none" or "softmax", got null'),
    ],
    [
      { normalization: 'Softmax' },
      range(
        'network.layers[1].normalization: expected one of "none", "softmax", got "Softmax"; did you mean "softmax"?',
      ),
    ],
    [{ headDim: undefined }, type('network.layers[1].headDim: expected a positive integer, got undefined')],
    [{ headDim: -1 }, range('network.layers[1].headDim: expected a positive integer, got -1')],
    [{ outputDim: null }, type('network.layers[1].outputDim: expected a positive integer, got null')],
    [{ outputDim: 0.5 }, range('network.layers[1].outputDim: expected a positive integer, got 0.5')],
    [{ valueDim: '2' }, type('network.layers[1].valueDim: expected a positive integer, got "2"')],
    [{ causal: 1 }, type('network.layers[1].causal: expected true or false, got 1')],
    [{ causal: null }, type('network.layers[1].causal: expected true or false, got null')],
    [{ numHeads: 0 }, range('network.layers[1].numHeads: expected an integer from 1 to 65536, got 0')],
    [
      { numKeyValueHeads: 2 },
      range('network.layers[1].numKeyValueHeads: expected a divisor of numHeads = 1, got 2'),
    ],
    [{ bias: 'no' }, type('network.layers[1].bias: expected true, false or an object, got "no"')],
    [{ bias: null }, type('network.layers[1].bias: expected true, false or an object, got null')],
    [
      { head_dim: 2 },
      range('network.layers[1]: expected known keys, got "head_dim"; did you mean "headDim"?'),
    ],
    [{ kind: undefined, knd: 'attention' }, range('network.layers[1]: expected known keys, got "knd"; did you mean "kind"?')], // prettier-ignore
    [
      JSON.parse('{"__proto__": 1}'),
      range('network.layers[1]: expected known keys, got "__proto__"; did you mean "rotary"?'),
    ],
  ])('refuses a layer with %o', (fields, fault) => {
    expectFault(withLayer(fields), fault);
  });

  it('names the nearest layer kind', () => {
    expect(() => parseNetwork(withLayer({ kind: 'attn' }))).toThrow('got "attn"; did you mean "attention"?');
    expect(() => parseNetwork(withLayer({ kind: 'layer_norm' }))).toThrow('did you mean "layernorm"?');
  });

  it('keeps the parameter count a safe integer', () => {
    const wide = (inputDim: number, headDim: number) => ({
      ...valid,
      inputDim,
      layers: [{ ...layer, headDim, outputDim: 1, valueDim: 1 }],
    });
    // 2·a·d + d + 1 parameters.
    expect(parseNetwork(wide(1, 2 ** 52 - 2)).layers[0]).toMatchObject({ headDim: 2 ** 52 - 2 });
    for (const network of [wide(1, 2 ** 52 - 1), wide(2 ** 40, 2 ** 40), wide(2 ** 53 - 1, 2 ** 53 - 1)]) {
      expect(() => parseNetwork(network)).toThrow(
        'network: expected at most 9007199254740991 parameters, got',
      );
    }
  });

  it('throws TypeError or RangeError, with a path, for every JSON value', () => {
    const keys = ['format', 'version', 'inputDim', 'sequenceLength', 'context', 'layers'] as const;
    const fuzzed = fc.oneof(
      fc.jsonValue(),
      fc.tuple(fc.constantFrom(...keys), fc.jsonValue()).map(([key, value]) => ({ ...valid, [key]: value })),
      fc.tuple(fc.string(), fc.jsonValue()).map(([key, value]) => withLayer({ [key]: value })),
    );
    fc.assert(
      fc.property(fuzzed, (value) => {
        try {
          parseNetwork(value);
        } catch (error) {
          expect(['TypeError', 'RangeError']).toContain((error as Error).name);
          expect((error as Error).message).toMatch(/^network[.:[].*expected .*got /s);
        }
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});

describe('parseNetworkText', () => {
  it('says where malformed JSON breaks off', () => {
    expect(() => parseNetworkText('{\n  "format": dimcert\n}', 'net.json')).toThrow(
      new RangeError('net.json: malformed JSON at line 2, column 13: expected a JSON value, got "d"'),
    );
  });

  it('takes the last of two equal keys', () => {
    const text = JSON.stringify(valid).replace('"inputDim":4', '"inputDim":-1,"inputDim":4');
    expect(parseNetworkText(text)).toStrictEqual(parseNetwork(valid));
  });
});
