import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readIntegerMatrix, readMatrix } from '../../src/matrix-file/index.ts';

const prime = 2147483647;

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The bytes cut into chunks of the given size. */
function* chunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function read(text: string, p = prime): ReturnType<typeof readMatrix<number>> {
  return readMatrix([bytesOf(text)], p);
}

/** Rows of residues of what was read. */
async function rowsOf(source: Uint8Array | string, p = prime): Promise<number[][]> {
  const { matrix } = await readMatrix([typeof source === 'string' ? bytesOf(source) : source], p);
  return Array.from({ length: matrix.rows }, (_, i) =>
    Array.from(matrix.data.subarray(i * matrix.cols, (i + 1) * matrix.cols)),
  );
}

function residues(rows: (number | bigint)[][], p = prime): number[][] {
  return rows.map((row) => row.map((x) => Number(((BigInt(x) % BigInt(p)) + BigInt(p)) % BigInt(p))));
}

/** An .npy file, version 1.0. */
function npy(descr: string, shape: string, data: ArrayBufferView, fortran = false): Uint8Array {
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;
  const header = dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11) + '\n';
  const body = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const file = new Uint8Array(10 + header.length + body.length);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  file.set(bytesOf(header), 10);
  file.set(body, 10 + header.length);
  return file;
}

const integers = fc.oneof(fc.integer(), fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }));
const matrices = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .chain(([m, n]) =>
    fc.array(fc.array(integers, { minLength: n, maxLength: n }), { minLength: m, maxLength: m }),
  );

describe('every format, every chunk size, integers of any length', () => {
  const formats: Record<string, (rows: (number | bigint)[][]) => string> = {
    delimited: (rows) => rows.map((row) => row.join(' ')).join('\n'),
    'delimited, commas': (rows) => rows.map((row) => row.join(',')).join('\r\n') + '\r\n',
    'delimited, commas, blanks and tabs': (rows) => rows.map((row) => `  ${row.join(' ,\t')} `).join('\n\n'),
    sms: (rows) =>
      `${rows.length} ${rows[0]!.length} M\n` +
      rows.flatMap((row, i) => row.map((x, j) => `${i + 1} ${j + 1} ${x}\n`)).join('') +
      '0 0 0\n',
    'matrix-market': (rows) =>
      `%%MatrixMarket matrix coordinate integer general\n% a comment\n${rows.length} ${rows[0]!.length} ${rows.flat().length}\n` +
      rows.flatMap((row, i) => row.map((x, j) => `${i + 1} ${j + 1} ${x}`)).join('\n'),
    'matrix-market, array': (rows) =>
      `%%MatrixMarket matrix array integer general\n${rows.length} ${rows[0]!.length}\n` +
      rows[0]!.flatMap((_, j) => rows.map((row) => row[j])).join('\n'),
  };
  test.each(Object.entries(formats))('%s', async (name, write) => {
    await fc.assert(
      fc.asyncProperty(
        matrices,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(2, 4093, prime),
        async (rows, size, p) => {
          const { format, matrix } = await readMatrix(chunks(bytesOf(write(rows)), size), p);
          expect(format).toBe(name.split(',')[0]);
          expect([matrix.rows, matrix.cols]).toEqual([rows.length, rows[0]!.length]);
          expect(Array.from(matrix.data)).toEqual(residues(rows, p).flat());
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('.npy', () => {
  const values = [-3, 0, 1, 127, 5, -128];
  const expected = residues([values.slice(0, 3), values.slice(3)]);
  test.each([
    ['<i8', BigInt64Array.from(values.map(BigInt))],
    ['<i4', Int32Array.from(values)],
    ['<i2', Int16Array.from(values)],
    ['|i1', Int8Array.from(values)],
    ['<f8', Float64Array.from(values)],
    ['<f4', Float32Array.from(values)],
  ])('%s', async (descr, data) => {
    expect(await rowsOf(npy(descr, '(2, 3)', data))).toEqual(expected);
    const columnMajor = [0, 3, 1, 4, 2, 5].map((i) => values[i]!);
    const reordered =
      data instanceof BigInt64Array
        ? data.map((_, i) => BigInt(columnMajor[i]!))
        : data.map((_, i) => columnMajor[i]!);
    expect(await rowsOf(npy(descr, '(2, 3)', reordered, true))).toEqual(expected);
    // Big-endian, in chunks that cut entries.
    const width = data.BYTES_PER_ELEMENT;
    const swapped = new Uint8Array(data.buffer.slice(0));
    for (let at = 0; at < swapped.length; at += width) swapped.subarray(at, at + width).reverse();
    const { matrix } = await readMatrix(chunks(npy(descr.replace('<', '>'), '(2, 3)', swapped), 7), prime);
    expect(Array.from(matrix.data)).toEqual(expected.flat());
  });

  test('unsigned and boolean entries, a vector, an empty matrix', async () => {
    expect(await rowsOf(npy('<u8', '(1, 2)', BigUint64Array.from([2n ** 64n - 1n, 7n])))).toEqual(
      residues([[2n ** 64n - 1n, 7]]),
    );
    expect(await rowsOf(npy('|b1', '(3,)', Uint8Array.from([1, 0, 1])))).toEqual([[1, 0, 1]]);
    expect((await readMatrix([npy('<i4', '(0, 5)', new Int32Array(0))], prime)).matrix).toMatchObject({
      rows: 0,
      cols: 5,
    });
  });

  test.each([
    [
      npy('<f8', '(1, 2)', Float64Array.from([1, 0.5])),
      '.npy entry [0, 1]: expected a safe integer, got 0.5',
    ],
    [npy('<f8', '(1, 1)', Float64Array.from([NaN])), 'got NaN'],
    [
      npy('<c16', '(1, 1)', new Float64Array(2)),
      'expected entries of an integer, boolean or floating-point type, got "c16"',
    ],
    [npy('<i4', '(2, 2, 1)', new Int32Array(4)), 'expected a matrix or a vector, got "3 dimensions"'],
    [npy('<i4', '(2, 2)', new Int32Array(3)), 'expected 4 entries, got 3'],
    [npy('<i4', '(2, 2)', new Int32Array(5)), 'expected 4 entries, got "more"'],
    [npy('<i4', '(99999, 99999)', new Int32Array(1)), 'which needs 38147 MiB'],
    [Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]), 'expected a header, got the end of the file'],
    [
      Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 9, 0, 0, 0, 0, 0]),
      'expected version 1, 2 or 3, got 9',
    ],
  ])('fault %#', async (file, message) => {
    await expect(readMatrix([file], prime)).rejects.toThrow(RangeError);
    await expect(readMatrix([file], prime)).rejects.toThrow(message);
  });
});

test('symmetric, skew-symmetric and pattern matrices of MatrixMarket; entries given twice add up', async () => {
  const banner = '%%MatrixMarket matrix';
  expect(await rowsOf(`${banner} coordinate integer symmetric\n2 2 2\n1 1 5\n2 1 -3\n`)).toEqual(
    residues([
      [5, -3],
      [-3, 0],
    ]),
  );
  expect(await rowsOf(`${banner} coordinate integer skew-symmetric\n2 2 1\n2 1 4\n`)).toEqual(
    residues([
      [0, -4],
      [4, 0],
    ]),
  );
  expect(await rowsOf(`${banner} array integer symmetric\n2 2\n1\n2\n3\n`)).toEqual([
    [1, 2],
    [2, 3],
  ]);
  expect(await rowsOf(`${banner} array integer skew-symmetric\n3 3\n1 2\n3\n`)).toEqual(
    residues([
      [0, -1, -2],
      [1, 0, -3],
      [2, 3, 0],
    ]),
  );
  expect(await rowsOf(`${banner} coordinate pattern general\n2 3 2\n1 3\n2 1\n`)).toEqual([
    [0, 0, 1],
    [1, 0, 0],
  ]);
  expect(await rowsOf('1 1 M\n1 1 4\n1 1 5\n0 0 0\n', 7)).toEqual([[2]]);
});

test('an empty text is refused: a header may say that a matrix is empty', async () => {
  for (const text of ['', '\n% nothing\n'])
    await expect(read(text)).rejects.toThrow('end of file: expected rows of integers, got nothing');
  expect((await read('0 5 M\n0 0 0\n')).matrix).toMatchObject({ rows: 0, cols: 5 });
});

test('a byte order mark is skipped', async () => {
  expect(await rowsOf('\ufeff1,2\n3,4\n', 7)).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test.each([
  ['1 2\n3\n', 'line 2: expected 2 entries, got 1'],
  ['1 2\n3 x\n', 'line 2, column 3: expected an integer, got "x"'],
  ['1 2.5\n', 'line 1, column 4: expected an integer, got "."'],
  ['1,,2\n', 'line 1, column 3: expected an integer, got ","'],
  ['1 2; 3 6\n', 'line 1, column 4: expected an integer, got ";"'],
  [',1\n', 'line 1, column 1: expected an integer, got ","'],
  ['1,\n', 'line 1, column 3: expected an integer after a separator, got "the end of the line"'],
  ['1 -\n', 'line 1, column 4: expected digits after a sign, got "none"'],
  ['1 2-3\n', 'line 1, column 4: expected an integer, got "-"'],
  ['2 2 M\n1 1 1\n', 'end of file: expected the line 0 0 0, got nothing'],
  ['2 2 M\n3 1 1\n0 0 0\n', 'line 2: expected a row from 1 to 2, got 3'],
  ['2 2 M\n1 0 1\n0 0 0\n', 'line 2: expected a column from 1 to 2, got 0'],
  ['2 2 M\n1 1\n0 0 0\n', 'line 2: expected row, column and value, got "2 integers"'],
  ['2 2 M\n0 0 0\n1 1 1\n', 'line 3: expected nothing after 0 0 0'],
  [
    '99999 99999 M\n0 0 0\n',
    'line 1: expected at most 2147483648 entries, got "99999 × 99999, which needs 38147 MiB"',
  ],
  ['%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 1\n', 'line 1: expected the field "integer"'],
  [
    '%%MatrixMarket vector coordinate integer general\n',
    'line 1: expected the object "matrix", got "vector"',
  ],
  [
    '%%MatrixMarket matrix coordinate integer hermitian\n',
    'line 1: expected "general", "symmetric" or "skew-symmetric"',
  ],
  [
    '%%MatrixMarket matrix coordinate integer general\n2 2 2\n1 1 1\n',
    'end of file: expected 2 entries, got 1',
  ],
  [
    '%%MatrixMarket matrix coordinate integer general\n2 2 1\n1 1 1\n2 2 1\n',
    'line 4: expected 1 entries, got "more"',
  ],
  ['%%MatrixMarket matrix coordinate integer general\n2 2\n', 'line 2: expected 3 sizes'],
  [
    '%%MatrixMarket matrix coordinate integer symmetric\n2 3 0\n',
    'line 2: expected a square matrix, got "2 × 3"',
  ],
  [
    '%%MatrixMarket matrix array integer general\n',
    'end of file: expected a line with the sizes, got nothing',
  ],
])('fault %#', async (text, message) => {
  await expect(read(text)).rejects.toThrow(RangeError);
  await expect(read(text)).rejects.toThrow(message);
});

describe('primes above 2^31', () => {
  const large = 4611686018427387847n;
  const entries = [
    0n,
    -1n,
    large,
    10n ** 40n,
    -(10n ** 15n),
    10n ** 15n - 1n,
    123456789012345678901234567890n,
    7n,
  ];
  const expected = entries.map((x) => ((x % large) + large) % large);

  test.each([
    ['delimited', entries.join(' ')],
    ['sms', `1 8 M\n${entries.map((x, j) => `1 ${j + 1} ${x}\n`).join('')}0 0 0\n`],
    ['matrix-market', `%%MatrixMarket matrix array integer general\n1 8\n${entries.join('\n')}\n`],
  ])('%s', async (format, text) => {
    for (const size of [1, 7, 1000]) {
      const read = await readMatrix(chunks(bytesOf(text), size), large);
      expect(read.format).toBe(format);
      expect(Array.from<number | bigint>(read.matrix.data)).toEqual(expected);
    }
  });

  test('entries given twice are added up, and skew-symmetric ones negated', async () => {
    const text = `%%MatrixMarket matrix coordinate integer skew-symmetric\n2 2 2\n2 1 ${large - 1n}\n2 1 3\n`;
    const { matrix } = await readMatrix([bytesOf(text)], large);
    expect(Array.from<number | bigint>(matrix.data)).toEqual([0n, large - 2n, 2n, 0n]);
  });

  test('npy', async () => {
    const data = BigInt64Array.of(-(2n ** 63n), 2n ** 62n, -1n);
    const { matrix } = await readMatrix([npy('<i8', '(1, 3)', data)], large);
    expect(Array.from<number | bigint>(matrix.data)).toEqual(
      Array.from(data, (x) => ((x % large) + large) % large),
    );
  });
});

describe('integers', () => {
  const huge = '-1' + '23'.repeat(40);
  const data = [BigInt(huge), 0n, 7n, 18446744073709551615n];
  test.each([
    ['rows', `${huge} 0\n7, 18446744073709551615\n`],
    ['SMS', `2 2 M\n1 1 ${huge}\n2 1 3\n2 1 4\n2 2 18446744073709551615\n0 0 0\n`],
    [
      'MatrixMarket',
      `%%MatrixMarket matrix array integer general\n2 2\n${huge}\n7\n0\n18446744073709551615\n`,
    ],
  ])('%s: of any size and sign, in chunks of any size', async (_, text) => {
    for (const size of [1, 7, 1000]) {
      const { matrix } = await readIntegerMatrix(chunks(bytesOf(text), size));
      expect(matrix).toEqual({ rows: 2, cols: 2, data });
    }
  });

  test('.npy', async () => {
    const file = npy('<i8', '(2, 2)', new BigInt64Array([-(2n ** 63n), 0n, 7n, -1n]));
    const { matrix } = await readIntegerMatrix([file]);
    expect(matrix).toEqual({ rows: 2, cols: 2, data: [-(2n ** 63n), 0n, 7n, -1n] });
  });

  test('one with more than 2^17 digits is refused', async () => {
    await expect(readIntegerMatrix([bytesOf('1'.repeat(2 ** 17 + 1))])).rejects.toThrow(
      'integer: expected at most 131072 digits, got more',
    );
  });

  test('a matrix that cannot fit is refused before it is made', async () => {
    await expect(readIntegerMatrix([bytesOf('100000 100000 M\n0 0 0\n')])).rejects.toThrow(
      /^line 1: expected at most 67108864 entries, got "100000 × 100000, which needs \d+ MiB"$/,
    );
  });
});
