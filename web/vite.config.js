import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const source = fileURLToPath(new URL("src", import.meta.url));

/** Everything that is text is compressed once here, so that the engine has nothing to compress while it serves. */
const compressed = {
  name: "compressed",
  apply: "build",
  writeBundle({ dir }) {
    for (const name of readdirSync(join(dir, "assets"))) {
      if (!/\.(js|css|svg)$/.test(name)) continue;
      const file = join(dir, "assets", name);
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
    }
  },
};

export default defineConfig({
  base: "./", // works under any base path: every address in the page is relative to it
  plugins: [react(), compressed],
  resolve: { alias: { "@": source } },
  build: {
    outDir: fileURLToPath(new URL("../src/zuji/console/built", import.meta.url)),
    emptyOutDir: true,
    manifest: true, // the test of sizes reads which chunks the first page loads
    assetsInlineLimit: 0, // no data: addresses, so that the content security policy needs to allow none
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
});
