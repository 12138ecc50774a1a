import js from '@eslint/js'
import globals from 'globals'

export default [
  {ignores: ['**/engine/character-tables.js', '**/engine/wasm-trim/used-functions.js']}, // generated
  js.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'no-implied-eval': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-unexpected-multiline': 'error', // there are no semicolons
      'prefer-const': 'error',
      'max-len': [
        'error',
        {code: 102, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreUrls: true},
      ],
    },
  },
  {
    files: ['**/extension/**/*.js'],
    languageOptions: {globals: {...globals.browser, ...globals.webextensions}},
  },
  {files: ['**/extension/content/**/*.js'], languageOptions: {sourceType: 'script'}},
  {files: ['**/extension/engine/**/*.js'], languageOptions: {globals: globals.worker}},
  {files: ['**/tests/**/*.js', '**/tools/*.js'], languageOptions: {globals: globals.node}},
]
