import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMAND, emptyFolder } from './command.ts'
import { passing } from './scenarios.ts'

const folder = emptyFolder()

describe('help', () => {
  it.each([
    ['--help', 'Usage: pumpbench'],
    ['-h', 'Usage: pumpbench'],
    ['help', 'Usage: pumpbench'],
    ['run --help', 'Usage: pumpbench run'],
    ['help replay', 'Usage: pumpbench replay'],
  ])('%s goes to standard output and is no mistake', (args, start) => {
    const { status, stdout, stderr } = folder.process(...args.split(' '))
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain(start)
  })

  it('says what each exit status means', () => {
    const { stdout } = folder.process('--help')
    for (const status of [0, 1, 2, 3, 130]) expect(stdout).toMatch(new RegExp(`^ {2}${status} {2}\\S`, 'm'))
  })
})

describe('--version', () => {
  it('is that of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(folder.process('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('a mistake in the usage ends with status 2, is named, and points to help', () => {
  it.each([
    ['an unknown command', 'frobnicate', "unknown command 'frobnicate'"],
    ['a misspelled command', 'validat a.yaml', 'validate'],
    ['an unknown option', 'run --frob a.yaml', "unknown option '--frob'"],
    ['a missing argument of run', 'run', "missing required argument 'paths'"],
    ['a missing argument of validate', 'validate', "missing required argument 'paths'"],
    ['a missing argument of replay', 'replay', "missing required argument 'trace'"],
    ['an argument too many', 'list everything', 'too many arguments'],
    ['an option without its value', 'run a.yaml --json', "option '--json <file>' argument missing"],
    ['a seed below zero', 'run a.yaml --seed -1', 'a seed is a whole number from 0 to 4294967295'],
    ['a broken seed', 'run a.yaml --seed 1.5', 'a seed is a whole number'],
    ['a seed of 33 bits', 'run a.yaml --seed 4294967296', 'a seed is a whole number'],
    ['a seed in hexadecimal', 'run a.yaml --seed 0x10', 'a seed is a whole number'],
    ['a seed in words', 'run a.yaml --seed one', 'a seed is a whole number'],
    ['a speed of zero', 'run a.yaml --speed 0', 'a speed is a number above zero'],
    ['a negative speed', 'run a.yaml --speed -2', 'a speed is a number above zero'],
    ['a speed in words', 'run a.yaml --speed fast', 'a speed is a number above zero'],
  ])('%s', (_, args, message) => {
    folder.write('a.yaml', passing())
    const { status, stdout, stderr } = folder.process(...args.split(' '))
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).toContain('--help')
  })

  it('no command at all', () => {
    const { status, stdout, stderr } = folder.process()
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: pumpbench')
  })
})

describe('the bundle', () => {
  it('can be started by its name', () => {
    expect(readFileSync(COMMAND, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})
