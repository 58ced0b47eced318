// ESLint's recommended rules, and what is ours: no timer without its reason, and one file that looks
// into Streamlit's page.
import js from "@eslint/js";
import globals from "globals";

const DOCUMENT = "dashboard/widgets/streamlit_page.js is the one that knows Streamlit's page.";
const TIMER = "wait for the event that tells, or say beside it why nothing does: "
  + "eslint-disable-next-line no-restricted-globals -- REASON";

export default [
  { ignores: ["**/node_modules/"] },
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["dashboard/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-restricted-globals": ["error",
        { name: "setTimeout", message: TIMER }, { name: "setInterval", message: TIMER }],
      "no-restricted-properties": ["error",
        { object: "window", property: "setTimeout", message: TIMER },
        { object: "window", property: "setInterval", message: TIMER },
        { object: "window", property: "parent", message: DOCUMENT },
        { object: "window", property: "top", message: DOCUMENT },
        ...["querySelector", "querySelectorAll", "getElementById", "getElementsByClassName"]
          .map((property) => ({ object: "document", property, message: DOCUMENT }))],
    },
  },
  {
    files: ["dashboard/widgets/streamlit_page.js"],
    rules: { "no-restricted-properties": "off" },
  },
  { files: ["dashboard/server/first.js"], languageOptions: { sourceType: "script" } },
  {
    files: ["tests/web/**/*.mjs"],
    languageOptions: { globals: globals.node },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error" },
  },
];
