/** How the overlay looks. A style element would be against a strict content security policy, a style sheet is not. */

const STYLE = `
:host { all: initial; position: fixed; inset: 0; pointer-events: none; z-index: 2147483647; }
.shield { position: fixed; inset: 0; pointer-events: auto; cursor: crosshair; }
.frame { position: fixed; box-sizing: border-box; border: 2px solid #0b7a6b; background: #0b7a6b22; border-radius: 3px; }
.panel { position: fixed; right: 16px; bottom: 16px; pointer-events: auto; width: min(380px, calc(100vw - 32px));
  max-height: calc(100vh - 32px); overflow: auto; box-sizing: border-box; padding: 14px 16px 16px; border-radius: 12px;
  font: 14px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; color: #17282e; background: #fff;
  border: 1px solid #d9e3e4; box-shadow: 0 12px 36px #0004; }
.panel.left { right: auto; left: 16px; }
header { display: flex; gap: 6px; align-items: center; margin-bottom: 8px; }
header b { flex: 1; font-size: 15px; }
p { margin: 0 0 10px; }
.soft { color: #566b72; font-size: 13px; }
.bad { color: #a8321f; }
.figure { font-weight: 600; }
label { display: block; margin: 0 0 8px; font-size: 13px; color: #566b72; }
input[type=text] { display: block; width: 100%; box-sizing: border-box; margin-top: 2px; padding: 6px 8px; font: inherit;
  font-size: 14px; color: #17282e; background: #fff; border: 1px solid #8aa0a3; border-radius: 8px; }
fieldset { border: 0; margin: 0 0 10px; padding: 0; }
legend { padding: 0; font-size: 13px; color: #566b72; }
.choice { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 2px 8px; align-items: baseline; margin: 4px 0;
  color: inherit; cursor: pointer; }
.choice code { font: 12.5px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; color: #17282e; }
.choice small { grid-column: 2 / 4; }
button { font: inherit; min-height: 34px; padding: 4px 12px; margin: 0 8px 0 0; border-radius: 8px; cursor: pointer;
  color: #17282e; background: #f4f8f7; border: 1px solid #8aa0a3; }
button.main { color: #fff; background: #0b7a6b; border-color: #0b7a6b; }
header button { min-height: 28px; padding: 0 8px; margin: 0; border: 0; background: none; }
button:disabled { opacity: .55; cursor: default; }
:focus-visible { outline: 2px solid #0b7a6b; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  .panel { color: #e4eeec; background: #172427; border-color: #2b3d40; }
  .soft, label, legend { color: #9db2b0; }
  .bad { color: #ff9c8a; }
  input[type=text] { color: #e4eeec; background: #101a1c; border-color: #566b72; }
  .choice code { color: #e4eeec; }
  button { color: #e4eeec; background: #101a1c; border-color: #566b72; }
}`

export function dress(root: ShadowRoot): void {
  const style = new CSSStyleSheet()
  style.replaceSync(STYLE)
  root.adoptedStyleSheets = [style]
}

/** An element with its properties and what is in it; texts are texts, whatever they hold. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...inside)
  return made
}
