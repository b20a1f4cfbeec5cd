import type { Words } from "./words";

/** What went wrong, by the API's stable codes. The English page shows the API's own sentence, which says more. */
export const problems: Words = {
  bad_request: { en: "The request is not as it should be.", zh: "请求内容有误，请检查填写的内容。" },
  bad_question: { en: "The question cannot be asked like this.", zh: "问题或规则不完整，或彼此矛盾，请检查各项条件。" },
  not_found: { en: "There is no such thing in this workspace.", zh: "当前项目中没有该内容，可能已被移除。" },
  not_allowed: { en: "Your role does not include this.", zh: "您的角色没有此权限，可请项目所有者调整。" },
  conflict: { en: "The present state forbids this.", zh: "与当前状态冲突，无法执行；请刷新后再试。" },
  busy: { en: "Busy for now; try again soon.", zh: "系统繁忙，请稍后再试。" },
  store_busy: { en: "The store is busy; try again soon.", zh: "存储正忙，请稍后再试。" },
  engine_down: { en: "The engine is not answering just now.", zh: "引擎暂时没有响应，事件仍在接收，稍后会自动恢复。" },
  unreachable: { en: "It cannot be reached.", zh: "无法连接，请检查网络与地址。" },
  forbidden_address: { en: "This address may not be called.", zh: "不允许访问该地址。" },
  no_valid_token: { en: "You are not signed in any more.", zh: "登录已失效，请重新登录。" },
  wrong_login: { en: "The login or the password is wrong.", zh: "登录名或密码不正确。" },
  too_many_tries: { en: "Too many tries; wait a little.", zh: "尝试次数过多，请稍后再试。" },
  too_many_bad_tokens: { en: "Too many wrong tokens; wait a minute.", zh: "无效令牌过多，请一分钟后再试。" },
  not_from_our_page: { en: "This did not come from this page.", zh: "请求不是来自本页面，已拒绝；请刷新后重试。" },
  body_too_big: { en: "This is too big.", zh: "内容过大，已被拒绝。" },
  method_not_allowed: { en: "This address does not take that.", zh: "该地址不支持此操作。" },
  statement_not_proven: { en: "The statement cannot be shown to be safe.", zh: "无法证明该 SQL 语句是安全的，未执行。" },
  sql_refused: { en: "The statement was refused.", zh: "SQL 语句被拒绝。" },
  too_costly: { en: "This would cost too much; ask for less.", zh: "查询代价过高，请缩小日期范围或简化条件。" },
  cancelled: { en: "It was stopped.", zh: "已取消。" },
  refused_by_store: { en: "The store refused this.", zh: "存储拒绝了该查询。" },
  spool_full: { en: "There is no room for more events.", zh: "缓冲已满，暂时无法接收更多数据。" },
  spool_failed: { en: "Events cannot be written down.", zh: "缓冲写入失败，请检查磁盘。" },
  bad_file: { en: "The file cannot be read.", zh: "无法读取该文件，请检查格式。" },
  bad_mapping: { en: "The mapping is not as it should be.", zh: "列映射有误，请检查。" },
  bad_settings: { en: "The settings are not as they should be.", zh: "配置有误。" },
  internal_error: { en: "Something broke inside zuji; the log says what.", zh: "系统内部出错，引擎日志中有详细记录。" },
  error: { en: "This did not work.", zh: "操作未成功。" },
};

/** Alarms by their codes, with the facts of each. */
export const alarmWords: Words = {
  engine_cannot_start: { en: "The engine cannot start.", zh: "引擎无法启动，事件仍在接收。" },
  stage_waits: { en: "A stage of the engine waits.", zh: "引擎的一个环节受阻，正在自动重试。" },
  accounts_open: { en: "{n} events are unexplained.", zh: "账目不平：{n} 条事件去向不明，请反馈此问题。" },
  source_silent: { en: "{source} has been silent for {n} minutes.", zh: "数据源“{source}”已 {n} 分钟没有数据，远超往常的间隔。" },
  event_silent: { en: "{source}: {event} has fallen silent.", zh: "数据源“{source}”的事件 {event} 已停止上报。" },
  event_new: { en: "{source}: {event} is new.", zh: "数据源“{source}”出现了新事件 {event}。" },
  property_new: { en: "{source}: {property} of {event} is new.", zh: "数据源“{source}”的事件 {event} 出现了新属性 {property}。" },
  property_vanished: { en: "{source}: {property} of {event} has vanished.", zh: "数据源“{source}”的事件 {event} 不再携带属性 {property}。" },
  type_changed: { en: "{source}: {property} of {event} has another type.", zh: "数据源“{source}”的事件 {event} 的属性 {property} 类型已改变。" },
  more_changes: { en: "{n} more changes of what is sent.", zh: "另有 {n} 处上报变化。" },
};
