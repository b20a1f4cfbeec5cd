import type { Words } from "@/words/words";

export const words = {
  title: { en: "Live", zh: "实时" },
  lead: { en: "Events as they arrive, and what every stage did to each.", zh: "事件到达的同时，看到每个环节对它做了什么。" },
  pause: { en: "Pause", zh: "暂停" },
  go: { en: "Go on", zh: "继续" },
  paused: { en: "Paused", zh: "已暂停" },
  listening: { en: "Listening", zh: "监听中" },
  filter: { en: "Find in name, source or id", zh: "按名称、数据源或 ID 筛选" },
  everything: { en: "Everything", zh: "全部" },
  stored: { en: "Stored", zh: "已入库" },
  quarantined: { en: "Quarantined", zh: "异常隔离" },
  duplicate: { en: "Duplicate", zh: "重复" },
  refused: { en: "Refused", zh: "未授权" },
  time: { en: "Received", zh: "接收时间" },
  event: { en: "Event", zh: "事件" },
  source: { en: "Source", zh: "数据源" },
  person: { en: "Person", zh: "客户" },
  outcome: { en: "Outcome", zh: "结果" },
  stages: { en: "What happened to it", zh: "处理过程" },
  untouched: { en: "Passed every stage unchanged.", zh: "各环节均未改动。" },
  occurred: { en: "Occurred", zh: "发生时间" },
  messageId: { en: "Message id", zh: "消息 ID" },
  nothing: { en: "None of the newest events match.", zh: "最近的事件中没有匹配项。" },
  waiting: { en: "Waiting for your first event", zh: "正在等待您的第一个事件" },
  waitingMore: {
    en: "Send one with any of these. It appears here the moment it arrives.",
    zh: "用下面任意一种方式发送，到达后会立即显示在这里。",
  },
  sourceToUse: { en: "Source", zh: "数据源" },
  makeKey: { en: "Make a write key for these", zh: "生成写入密钥并填入" },
  keyOnce: {
    en: "This key is shown this once. It is filled into the commands below.",
    zh: "密钥只显示这一次，已填入下方命令。",
  },
  keyNote: {
    en: "Put your own write key in place of WRITE_KEY, or make a new one.",
    zh: "请将 WRITE_KEY 换成您的写入密钥，或新生成一个。",
  },
  clients: { en: "How to send an event", zh: "发送事件的方式" },
  send: { en: "Send an event", zh: "发送事件" },
} satisfies Words;

/** What stages did, by the engine's own fixed phrases. */
export const deeds: Words = {
  new: { en: "new", zh: "首次收到" },
  "seen before": { en: "seen before", zh: "此前已收到" },
  "nothing to mend": { en: "nothing to mend", zh: "无需修正" },
  nobody: { en: "nobody", zh: "无对应客户" },
  inferred: { en: "inferred", zh: "推断事件" },
  "a robot": { en: "a robot", zh: "机器人" },
  late: { en: "late", zh: "迟到" },
  repaired: { en: "mended", zh: "已修正" },
  "time corrected for the client's clock": { en: "time corrected for the client's clock", zh: "已按客户端时钟校正时间" },
  "time was ahead, set to the time of receipt": { en: "time was ahead, set to the time of receipt", zh: "时间超前，改为接收时间" },
  "no usable time, the time of receipt stands in": { en: "no usable time, the time of receipt stands in", zh: "无可用时间，以接收时间代替" },
  "an identifier is blocked": { en: "an identifier is blocked", zh: "某个标识被忽略" },
  "not for analytics": { en: "not for analytics", zh: "不用于分析" },
  "suspect by a rule": { en: "suspect by a rule", zh: "被规则判为可疑" },
  "against the plan": { en: "against the plan", zh: "不符合埋点方案" },
};

/** What the stages of the pipeline are called. */
export const stageNames: Words = {
  deduplicate: { en: "Deduplicate", zh: "去重" },
  clean: { en: "Clean", zh: "清洗" },
  consent: { en: "Consent", zh: "授权" },
  link: { en: "Identify", zh: "识别" },
  tag: { en: "Tag", zh: "打标签" },
  quarantine: { en: "Quarantine", zh: "隔离" },
};
