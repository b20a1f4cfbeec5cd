import type { Words } from "@/words/words";

export const words = {
  signIn: { en: "Sign in", zh: "登录" },
  lead: { en: "Your customers, understood.", zh: "看懂您的客户。" },
  login: { en: "Login name or e-mail", zh: "登录名或邮箱" },
  password: { en: "Password", zh: "密码" },
  wrong: { en: "The login or the password is wrong.", zh: "登录名或密码不正确。" },
  wait: { en: "Too many attempts. Wait a little, then try again.", zh: "尝试次数过多，请稍后再试。" },
  forgot: {
    en: "Forgotten? The operator of this server makes a new link: zuji user reset-password LOGIN",
    zh: "忘记密码？请服务器管理员执行：zuji user reset-password 登录名",
  },
  welcome: { en: "Welcome to zuji", zh: "欢迎使用足迹" },
  welcomeLead: { en: "Choose how you sign in from now on.", zh: "请设置您今后的登录方式。" },
  name: { en: "Your name", zh: "您的姓名" },
  rule: { en: "At least 10 characters; a sentence is easy to remember.", zh: "至少 10 个字符；一句话最容易记住。" },
  begin: { en: "Begin", zh: "开始使用" },
  tooShort: { en: "At least 10 characters", zh: "至少 10 个字符" },
  needed: { en: "Needed", zh: "必填" },
  noCode: {
    en: "This link has no code in it. Copy the whole line from the terminal or the invitation.",
    zh: "链接中缺少邀请码，请从终端或邀请中复制完整链接。",
  },
  language: { en: "中文", zh: "English" },
} satisfies Words;
