/** The names of pumps on wires, and how a command becomes words without a shell. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { argumentsOf, pumpWayOf } from '#scripts/pump-link/way'

describe('a command', () => {
  it.each([
    ['./pump', ['./pump']],
    ['  ./pump\t--fast  ', ['./pump', '--fast']],
    ['"/opt/my pump/run" \'a "b"\' c"d e"f \'\'', ['/opt/my pump/run', 'a "b"', 'cd ef', '']],
    ['a $HOME *.c `x` \\n ; b | c > d', ['a', '$HOME', '*.c', '`x`', '\\n', ';', 'b', '|', 'c', '>', 'd']],
    ['', []],
  ])('%j is these words', (command, words) => {
    expect(argumentsOf(command)).toStrictEqual(words)
  })

  it('of any words, each between quotes it does not hold, is these words again', () => {
    const word = fc.string({ maxLength: 12 }).filter((text) => !(text.includes('"') && text.includes("'")))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const quoted = words.map((text) => (text.includes('"') ? `'${text}'` : `"${text}"`))
        expect(argumentsOf(quoted.join(' '))).toStrictEqual(words)
      }),
    )
  })
})

describe('a name', () => {
  it.each([
    ['exec:', 'a command is missing, such as exec:./my-pump'],
    ['exec:   ', 'a command is missing'],
    ['exec:""', 'a command is missing'],
    ['exec:./pump "a', 'the quote " is not closed'],
    ['exec:./pump \'a"', "the quote ' is not closed"],
    [`exec:${'x'.repeat(200)}`, 'a name of a pump has at most 200 characters'],
    [`exec:${'x '.repeat(97)}x x x`, 'has at most'],
    ['tcp:', 'a host and a port from 1 to 65535 are needed'],
    ['tcp:localhost', 'a host and a port'],
    ['tcp:localhost:99999', 'a host and a port'],
    ['serial:', 'the path of a port is missing'],
  ])('%j is refused', (name, problem) => {
    const way = pumpWayOf(name)
    expect(way?.ok === false && way.problem).toContain(problem)
  })

  it('of no pump on a wire is none', () => {
    expect(pumpWayOf('model')).toBeNull()
    expect(pumpWayOf('pipe:x')).toBeNull()
  })
})
