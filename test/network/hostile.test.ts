import { describe, expect, it } from 'vitest';
import { parseNetwork, parseNetworkText } from '../../src/network/parse.ts';

const head = { format: 'dimcert-network', version: 1, inputDim: 2, sequenceLength: 3 };
const attention = { kind: 'attention', normalization: 'none', headDim: 1 };
const network = (layers: unknown) => ({ ...head, layers });

/** A text whose layers are inside each other. */
function nested(open: string, depth: number, close: string): string {
  const innermost = '[{"kind":"scale","factor":2}]';
  return JSON.stringify(network([])).replace(
    '[]',
    () => open.repeat(depth) + innermost + close.repeat(depth),
  );
}

/** The text of a network in which a field has a value that is written `json`. */
function written(key: string, json: string): string {
  return JSON.stringify({ ...network([attention]), [key]: 0 }).replace(
    `"${key}":0`,
    () => `"${key}":${json}`,
  );
}

/** That `parse` gives up within seconds, with a fault of the user's in a line that can be read. */
function expectRefusal(parse: () => unknown, message: RegExp): void {
  const start = performance.now();
  let fault: unknown;
  try {
    parse();
  } catch (thrown) {
    fault = thrown;
  }
  expect(fault).toBeInstanceOf(Error);
  const { name, message: said } = fault as Error;
  expect(['TypeError', 'RangeError']).toContain(name);
  expect(said).toMatch(message);
  expect(said.length).toBeLessThan(2000);
  expect(performance.now() - start).toBeLessThan(10_000);
}

describe('documents that are meant to hurt', () => {
  it.each([
    ['residual', '[{"kind":"residual","layers":', '}]'],
    ['sum', '[{"kind":"sum","branches":[[],', ']}]'],
  ])('100,000 layers of kind %s inside each other', (_, open, close) => {
    expectRefusal(
      () => parseNetworkText(nested(open, 100_000, close)),
      /^network\.layers\[0\][^ ]*: expected layers inside at most 64 others, got 65$/,
    );
  });

  it.each([
    ['residual', '[{"kind":"residual","layers":', '}]'],
    ['sum', '[{"kind":"sum","branches":[[],', ']}]'],
  ])('layers of kind %s: 64 inside each other are not too many', (_, open, close) => {
    expect(parseNetworkText(nested(open, 64, close)).layers).toHaveLength(1);
  });

  it('other things inside each other', () => {
    const depth = 100_000;
    const arrays = '['.repeat(depth) + ']'.repeat(depth);
    const objects = '{"kind":'.repeat(depth) + '1' + '}'.repeat(depth);
    expectRefusal(() => parseNetworkText(arrays), /^network: expected an object, got an array of length 1$/);
    expectRefusal(
      () => parseNetworkText(arrays.slice(1)),
      /^network: malformed JSON at line 1, column 199999: /,
    );
    for (const value of [arrays, objects])
      for (const key of ['layers', 'inputDim', 'format', 'context', 'x'])
        expectRefusal(() => parseNetworkText(written(key, value)), /^network/);
  });

  it('more layers, matrices or heads than any network has', () => {
    const many = (count: number, layer: object) => network(Array.from({ length: count }, () => layer));
    expectRefusal(
      () => parseNetwork(many(300_000, { kind: 'scale', factor: 2 })),
      /^network\.layers\[262144\]: expected at most 262144 layers and matrices up to here, got 262145$/,
    );
    expectRefusal(
      () => parseNetwork(many(10, { ...attention, numHeads: 2 ** 16 })),
      /^network\.layers\[1\]: expected at most 262144 layers and matrices up to here, got 393218$/,
    );
    for (const numHeads of [2 ** 16 + 1, 1e9, 2 ** 53 - 1])
      expectRefusal(
        () => parseNetwork(network([{ ...attention, numHeads }])),
        /^network\.layers\[0\]\.numHeads: expected an integer from 1 to 65536, got \d+$/,
      );
    // Heads of layers without parameters of their own are counted too.
    const tied = Array.from({ length: 100 }, () => ({ ...attention, numHeads: 8192, tiedTo: 'a' }));
    expectRefusal(
      () => parseNetwork(network([{ ...attention, numHeads: 8192, label: 'a' }, ...tied])),
      /^network\.layers\[10\]: expected at most 262144 layers and matrices/,
    );
  });

  it('one object in many places', () => {
    let layers: object[] = [{ kind: 'scale', factor: 2 }];
    for (let depth = 0; depth < 60; depth++) {
      const inside = layers;
      layers = [
        { kind: 'residual', layers: inside },
        { kind: 'residual', layers: inside },
      ];
    }
    expectRefusal(
      () => parseNetwork(network(layers)),
      /: expected at most 262144 layers and matrices up to here/,
    );
  });

  it('an object inside itself', () => {
    const layers: object[] = [];
    layers.push({ kind: 'residual', layers });
    expectRefusal(() => parseNetwork(network(layers)), /: expected layers inside at most 64 others, got 65$/);
  });

  it('huge numbers: parameters past 2^53 − 1 are refused, whatever has them', () => {
    const most = Number.MAX_SAFE_INTEGER;
    for (const layer of [
      { kind: 'linear', outputDim: most },
      { ...attention, headDim: most },
      { ...attention, valueDim: most },
      { kind: 'gated', function: 'identity', hiddenDim: most },
      { kind: 'sum', branches: [[{ kind: 'linear', outputDim: most }], [{ kind: 'linear', outputDim: most }]] },
    ])
      expectRefusal(() => parseNetwork(network([layer])), /^network: expected at most 9007199254740991 parameters, got /); // prettier-ignore
    expectRefusal(
      () => parseNetwork({ ...network([{ kind: 'positions' }]), sequenceLength: most }),
      /^network: expected at most 9007199254740991 parameters, got /,
    );
    expect(parseNetwork({ ...network([{ kind: 'power', exponent: most }]), sequenceLength: most, inputDim: most }))
      .toMatchObject({ inputDim: most }); // prettier-ignore
  });

  it('numbers of a million digits', () => {
    const digits = '9'.repeat(1_000_000);
    for (const number of [
      digits,
      `-${digits}`,
      `0.5${digits}`,
      '1e308',
      '-1e308',
      '1e999999999',
      '1e-999999999',
    ])
      for (const key of ['inputDim', 'sequenceLength', 'version'])
        expectRefusal(
          () => parseNetworkText(written(key, number)),
          new RegExp(`^network\\.${key}: expected `),
        );
    for (const text of [
      digits,
      `0.${digits}`,
      `${digits}/${digits}`,
      '1e-999999999',
      '1e999999999',
      '-1e-999999999',
    ])
      for (const layer of [
        { kind: 'rmsnorm', epsilon: text },
        { kind: 'scale', factor: text },
      ])
        expectRefusal(
          () => parseNetwork(network([layer])),
          /^network\.layers\[0\]\.(epsilon|factor): expected a rational number .* of at most 40 digits/,
        );
  });

  it('long words, many labels', () => {
    const long = 'x'.repeat(1_000_000);
    for (const layer of [
      { kind: long },
      { ...attention, [long]: 1 },
      { ...attention, normalization: long },
      { kind: 'activation', function: long },
      { kind: 'linear', outputDim: 2, tiedTo: long },
    ])
      expectRefusal(() => parseNetwork(network([layer])), /^network\.layers\[0\].*: expected .*, got "x+…?"/);
    const labels = Array.from({ length: 100_000 }, (_, i) => ({
      kind: 'linear',
      outputDim: 2,
      label: `${'l'.repeat(60)}${i}`,
    }));
    expectRefusal(
      () => parseNetwork(network([...labels, { kind: 'linear', outputDim: 2, tiedTo: 'm'.repeat(60) }])),
      /^network\.layers\[100000\]\.tiedTo: expected the label of a layer before, got "m+"; did you mean "l+\d+"\?$/,
    );
  });

  it('keys and words that objects inherit', () => {
    for (const word of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      expectRefusal(() => parseNetworkText(`{"${word}": {}}`), /^network: expected known keys, got "/);
      const layer = JSON.stringify(network([attention])).replace('"kind"', `"${word}":{},"kind"`);
      expectRefusal(() => parseNetworkText(layer), /^network\.layers\[0\]: expected known keys, got "/);
      expectRefusal(
        () => parseNetwork(network([{ kind: word }])),
        /^network\.layers\[0\]\.kind: expected one of/,
      );
      expectRefusal(
        () => parseNetwork(network([{ kind: 'activation', function: word }])),
        /^network\.layers\[0\]\.function: expected one of/,
      );
      expectRefusal(
        () => parseNetworkText(layer.replace(`"${word}":{},`, `"rotary":{"${word}":2},`)),
        /^network\.layers\[0\]\.rotary: expected known keys, got "/,
      );
    }
    expect(Object.prototype).not.toHaveProperty('kind');
  });
});
