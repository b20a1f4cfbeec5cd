import type { Words } from "@/words/words";

/** What goes on in the background, wherever one is. */
export const words = {
  title: { en: "In the background", zh: "后台任务" },
  running: { en: "{n} in the background", zh: "后台 {n} 项" },
  question: { en: "Question", zh: "问题" },
  import: { en: "Import", zh: "导入" },
  export: { en: "Export", zh: "导出" },
  waits: { en: "waits for its turn", zh: "排队中" },
  runs: { en: "running for {time}", zh: "已运行 {time}" },
  read: { en: "{share} of the rows read", zh: "已读取 {share} 的行" },
  rows: { en: "{n} rows so far", zh: "已读取 {n} 行" },
  making: { en: "the file is being made", zh: "正在生成文件" },
  done: { en: "the answer is there", zh: "已有答案" },
  failed: { en: "did not work", zh: "未成功" },
  cancelled: { en: "stopped", zh: "已停止" },
  show: { en: "Show", zh: "查看" },
  stop: { en: "Stop", zh: "停止" },
  dismiss: { en: "Dismiss", zh: "移除" },
} satisfies Words;
