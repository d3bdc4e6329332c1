/** What the page's JavaScript is held to. */

import js from "@eslint/js";
import globals from "globals";

const style = {
  "arrow-body-style": "error",
  complexity: ["error", 15],
  eqeqeq: "error",
  "max-len": ["error", { code: 120 }],
  "max-lines": ["error", 400],
  "max-lines-per-function": ["error", { max: 80, skipBlankLines: true, skipComments: true }],
  "max-params": ["error", 7],
  "no-alert": "error",
  "no-console": "error",
  "no-eval": "error",
  "no-implicit-coercion": "error",
  "no-param-reassign": "off",
  "no-restricted-syntax": [
    "error",
    {
      selector:
        "ImportDeclaration[source.value=/^(?!#page\\u002F|node:|[.]{1,2}\\u002F|@eslint|globals)/]",
      message: "The page uses no library.",
    },
    {
      selector: "AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]",
      message: "Make elements with element(): texts stay texts.",
    },
  ],
  "no-shadow": "error",
  "no-unused-vars": ["error", { args: "after-used", argsIgnorePattern: "^_" }],
  "no-useless-return": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-arrow-callback": "error",
  "prefer-const": "error",
  "prefer-template": "error",
};

export default [
  { ignores: ["**/node_modules/"] },
  js.configs.recommended,
  { rules: style, linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    // Arithmetic knows no page: neither the DOM nor what is drawn on it.
    files: ["minicnn/explaining/page/arithmetic/*.js"],
    languageOptions: { globals: { atob: "readonly" } },
    rules: { "no-restricted-imports": ["error", { patterns: ["#page/view/*", "node:*"] }] },
  },
  { files: ["minicnn/explaining/page/view/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["tests/explaining/**/*.mjs"], languageOptions: { globals: globals.node } },
];
