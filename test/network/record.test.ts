import { describe, expect, it } from 'vitest';
import { readFields, rejectUnknownKeys } from '../../src/network/record.ts';

describe('readFields', () => {
  it('reads own fields, of objects with the prototype Object.prototype or null', () => {
    expect([...readFields('x', { a: 1, b: undefined })]).toEqual([
      ['a', 1],
      ['b', undefined],
    ]);
    expect([...readFields('x', Object.assign(Object.create(null), { a: 1 }))]).toEqual([['a', 1]]);
  });

  it('takes an own key __proto__ for a key like others', () => {
    const fields = readFields('x', JSON.parse('{"__proto__": {"a": 1}}'));
    expect([...fields]).toEqual([['__proto__', { a: 1 }]]);
    expect(fields.get('a')).toBeUndefined();
  });

  it('reads a field once', () => {
    let reads = 0;
    const fields = readFields('x', {
      get a() {
        return ++reads;
      },
    });
    expect([fields.get('a'), fields.get('a'), reads]).toEqual([1, 1, 1]);
  });

  it.each([
    null,
    undefined,
    1,
    'a',
    true,
    [],
    () => 1,
    new Date(0),
    Object.create({ a: 1 }),
    new (class {})(),
  ])('refuses %o', (value) => expect(() => readFields('x', value)).toThrow(TypeError));
});

describe('rejectUnknownKeys', () => {
  it('names the first unknown key', () => {
    const fields = readFields('x', { a: 1, aa: 2, bb: 3 });
    expect(() => rejectUnknownKeys('x', fields, ['a', 'aa', 'bb'])).not.toThrow();
    expect(() => rejectUnknownKeys('x', fields, ['a', 'b'])).toThrow('x: expected known keys, got "aa"');
  });
});
