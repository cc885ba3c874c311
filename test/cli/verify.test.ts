import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { dimcert, stackFlags, temporaryFile } from './command.ts';

interface Body {
  claim: { parameters: number; lower: number; upper: number; exact: boolean };
  lowerBound: {
    prime: string;
    point: { seed: string };
    rows: number[];
    columns: number[];
    determinant: string;
  };
  independence?: { prime: string; inputs: number };
  network: { sequenceLength: number };
  upperBound: { statement: string };
  digest: string;
}

/** RFC 8785 for what certificates hold: ASCII keys, integers. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}

let bytes: string;
beforeAll(async () => {
  bytes = (await dimcert(['certify', ...stackFlags, '-o', '-'])).stdout;
});

function altered(change: (body: Body) => void, digest: 'old digest' | 'new digest'): string {
  const { digest: old, ...rest } = JSON.parse(bytes) as Body;
  const body = rest as Body;
  change(body);
  const hash = createHash('sha256').update(canonical(body)).digest('hex');
  return canonical({ ...body, digest: digest === 'old digest' ? old : hash }) + '\n';
}

test('this test writes the bytes of certify, digest included', () => {
  expect(altered(() => {}, 'new digest')).toBe(bytes);
});

const changes: Record<string, (body: Body) => void> = {
  'another point': ({ lowerBound }) => (lowerBound.point.seed = '1'),
  'another row': ({ lowerBound }) => lowerBound.rows.push(lowerBound.rows.pop()! + 1),
  'a row less': ({ lowerBound }) => lowerBound.rows.pop(),
  'another column': ({ lowerBound }) => {
    const free = lowerBound.columns.findIndex((column, i) => column !== i);
    lowerBound.columns[free - 1] = free;
  },
  'another prime': ({ lowerBound }) => (lowerBound.prime = '4099'),
  'a composite prime': ({ lowerBound }) => (lowerBound.prime = '4095'),
  'another determinant': ({ lowerBound }) =>
    (lowerBound.determinant = String((Number(lowerBound.determinant) + 1) % 4093)),
  'a higher lower bound': ({ claim }) => claim.lower++,
  'a higher upper bound': ({ claim }) => claim.upper++,
  'an interval called exact': ({ claim, lowerBound }) => {
    claim.lower--;
    lowerBound.rows.pop();
    lowerBound.columns.pop();
  },
  'other parameters': ({ claim }) => claim.parameters++,
  'another network': ({ network }) => network.sequenceLength++,
  'another statement': ({ upperBound }) => (upperBound.statement += '.'),
  'no independence': (body) => delete body.independence,
  'fewer inputs for independence': ({ independence }) => independence!.inputs--,
  'an unknown field': (body) => Object.assign(body, { trust: 'me' }),
};

test.each(Object.entries(changes))(
  '%s: rejected, with the old digest and with a new one',
  async (_, change) => {
    for (const digest of ['old digest', 'new digest'] as const) {
      const path = temporaryFile(altered(change, digest), 'certificate.json');
      const { code, stdout, stderr } = await dimcert(['verify', path]);
      expect(stderr.startsWith(`dimcert: ${path}: rejected: `)).toBe(true);
      expect(stderr).toMatch(/: rejected: [\w.[\]]+: expected [^\n]+, got [^\n]+\n$/);
      expect([code, stdout]).toEqual([1, '']);
    }
  },
);

test('a changed digest', async () => {
  const digest = /"digest":"(\w)/.exec(bytes)![1]!;
  const text = bytes.replace(`"digest":"${digest}`, `"digest":"${digest === '0' ? '1' : '0'}`);
  const { code, stderr } = await dimcert(['verify', '-'], { stdin: text });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^dimcert: stdin: rejected: digest: expected [^\n]+\n$/);
});

test('--json of a rejected certificate is one object on stdout', async () => {
  const { code, stdout } = await dimcert(['verify', '-', '--json'], {
    stdin: altered(({ claim }) => claim.lower++, 'new digest'),
  });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    accepted: false,
    fault: {
      path: expect.stringContaining('claim.lower'),
      expected: expect.any(String),
      got: expect.any(String),
    },
  });
});

test.each<[string, string, RegExp]>([
  ['no JSON', 'dimension: 52', /JSON/],
  ['a truncated certificate', '{"claim":{', /JSON/],
  ['an array', '[]', /expected an object, got an array/],
  [
    'a network',
    '{"format":"dimcert-network","version":1}',
    /format: expected "dimcert-certificate", got "dimcert-network"/,
  ],
  ['another version', '{"format":"dimcert-certificate","version":2}', /version: expected 1, got 2/],
])('%s is no certificate: exit code 2', async (_, text, line) => {
  const { code, stdout, stderr } = await dimcert(['verify', '-', '--json'], { stdin: text });
  expect(stderr).toMatch(/^dimcert: stdin: [^\n]+\n$/);
  expect(stderr).toMatch(line);
  expect([code, stdout]).toEqual([2, '']);
});
