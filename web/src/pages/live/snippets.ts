/** One event with each kind of client: our own script tag, and the vendors' clients, of which only the address is ours. */

interface Snippet {
  name: string;
  text: (address: string, key: string) => string;
}

export const SNIPPETS: readonly Snippet[] = [
  {
    name: "HTML",
    text: (address, key) =>
      `<script async src="${address}/sdk/zuji.js" data-key="${key}"></script>\n` +
      `<button onclick="zuji.track('Hello', { from: 'page' })">Hello</button>`,
  },
  {
    name: "curl",
    text: (address, key) =>
      `curl ${address}/v1/track -u ${key}: \\\n  -d '{"event": "Hello", "userId": "u-1", "properties": {"from": "curl"}}'`,
  },
  {
    name: "Segment",
    text: (address, key) =>
      `import { AnalyticsBrowser } from "@segment/analytics-next"\n\n` +
      `const analytics = AnalyticsBrowser.load({ writeKey: "${key}", cdnURL: "${address}" })\n` +
      `analytics.identify("u-1", { name: "Ada" })\nanalytics.track("Hello", { from: "segment" })`,
  },
  {
    name: "神策",
    text: (address, key) =>
      `import sensors from "sa-sdk-javascript"\n\n` +
      `sensors.init({ server_url: "${address}/sa?project=default&token=${key}" })\n` +
      `sensors.login("u-1")\nsensors.track("Hello", { from: "sensors" })`,
  },
  {
    name: "PostHog",
    text: (address, key) =>
      `import posthog from "posthog-js"\n\nposthog.init("${key}", { api_host: "${address}" })\n` +
      `posthog.identify("u-1")\nposthog.capture("Hello", { from: "posthog" })`,
  },
  {
    name: "Python",
    text: (address, key) =>
      `# pip install segment-analytics-python\nimport segment.analytics as analytics\n\n` +
      `analytics.write_key, analytics.host = "${key}", "${address}"\n` +
      `analytics.track("u-1", "Hello", {"from": "python"})\nanalytics.flush()`,
  },
];
