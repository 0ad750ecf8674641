/**
 * `npm run check`: types, style, dead code and house rules, two at a time, as most machines have two cores. Every one of
 * them is run and told of, whatever became of the others.
 */
import { spawn } from 'node:child_process'

/** Scripts of package.json, the longest first. */
const CHECKS = ['check:types', 'check:style', 'check:house', 'check:dead']
const AT_ONCE = 2

const waiting = [...CHECKS]
const failed: string[] = []

async function workOff(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const { passed, said } = await npmRun(name)
    process.stdout.write(`${name}: ${passed ? 'ok' : 'FAILED'}\n${said}`)
    if (!passed) failed.push(name)
  }
}

/** Runs a script of package.json to its end, with what it said on either stream. */
function npmRun(name: string): Promise<{ readonly passed: boolean; readonly said: string }> {
  const npm = process.env['npm_execpath']
  if (npm === undefined) throw new Error('start this by npm run check')
  const child = spawn(process.execPath, [npm, 'run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ passed: status === 0, said }))
  })
}

await Promise.all(Array.from({ length: AT_ONCE }, workOff))
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`)
  process.exitCode = 1
}
