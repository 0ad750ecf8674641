#!/usr/bin/env node
/** The `pumpbench` command as a process: its words, its streams and its exit status. */
import { commandLine } from '#scripts/command-line'
import { EXIT } from '#scripts/exit'

/**
 * A reader that stops reading, such as `head`, ends the printing and nothing else: the run goes on, its files are written
 * and its exit status stands. What cannot be printed for another reason, such as a full disk, is no pass.
 */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    if (stream === process.stdout) console.error(`standard output cannot be written: ${error.message}`)
    process.once('exit', (status) => {
      if (status === EXIT.pass) process.exitCode = EXIT.inconclusive
    })
  })
}

process.exitCode = await commandLine(process.argv.slice(2))
