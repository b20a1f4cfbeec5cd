"""The page at `/`: zuji is running, and what to do next, in Chinese and English. No script, no data, nothing fetched.

It is shown to anybody, so it tells nothing that an answer of the health route would not tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
"""Whatever else a client may call us stays out of the commands that people copy."""
PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
USUAL_HOST = "127.0.0.1:8642"

STYLE = """
:root{color-scheme:light dark;--ink:#17282e;--soft:#5a6f76;--line:#d9e3e4;--paper:#f4f8f7;--card:#fff;--mark:#0b7a6b;
--code:#eef4f3}
@media (prefers-color-scheme:dark){:root{--ink:#e4eeec;--soft:#9db2b0;--line:#2b3d40;--paper:#101a1c;--card:#172427;
--mark:#4cc9b0;--code:#0f1a1c}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei",
"Noto Sans CJK SC",sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 3rem}
header{display:flex;gap:1.1rem;align-items:center;margin-bottom:1.5rem}
header svg{flex:none;width:3.6rem;height:3.6rem;fill:var(--mark)}
h1{font-size:1.9rem;line-height:1.2;margin:0}
h1>span:first-child{font-weight:400;color:var(--soft)}
header p{margin:.2rem 0 0;color:var(--soft)}
.on{display:inline-block;margin-left:.7rem;padding:.05rem .7rem;border-radius:1rem;background:var(--mark);color:#fff;
font-size:.85rem;font-weight:600;vertical-align:middle}
@media (prefers-color-scheme:dark){.on{color:#08201c}}
section{background:var(--card);border:1px solid var(--line);border-radius:.8rem;padding:1.1rem 1.4rem 1.3rem;
margin-bottom:1rem}
h2{font-size:1.1rem;margin:0 0 .3rem}
h2 b{display:inline-block;width:1.6rem;height:1.6rem;line-height:1.6rem;margin-right:.6rem;border-radius:50%;
text-align:center;background:var(--code);color:var(--mark);font-size:.9rem}
section p{margin:.2rem 0;color:var(--soft)}
pre{margin:.7rem 0 0;padding:.8rem 1rem;border-radius:.5rem;background:var(--code);overflow-x:auto;
font:14px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
li code{white-space:nowrap}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
mark{background:none;color:var(--mark);font-weight:600}
ul{display:grid;grid-template-columns:repeat(auto-fit,minmax(16.5rem,1fr));gap:.6rem 1.2rem;margin:.8rem 0 0;padding:0;
list-style:none}
li>span{display:block;color:var(--soft);font-size:.92rem}
a{color:var(--mark);font-weight:600;text-decoration:none}
a:hover,a:focus{text-decoration:underline}
"""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>zuji 足迹</title><style>{style}</style></head><body><main>
<header><svg viewBox="0 0 64 64" aria-hidden="true"><ellipse cx="21" cy="37" rx="8" ry="12"/>
<ellipse cx="22" cy="55" rx="5.5" ry="5"/><circle cx="12" cy="21" r="2.6"/><circle cx="17.5" cy="18.5" r="3"/>
<circle cx="24" cy="18.5" r="3.6"/><ellipse cx="45" cy="24" rx="8" ry="12"/><ellipse cx="44" cy="42" rx="5.5"
ry="5"/><circle cx="54" cy="8" r="2.6"/><circle cx="48.5" cy="5.5" r="3"/><circle cx="42" cy="5.5" r="3.6"/>
</svg><div><h1>zuji <span lang="zh-CN">足迹</span>
<span class="on">running · <span lang="zh-CN">运行中</span></span></h1>
<p>A customer data platform on your own machine. <span lang="zh-CN">运行在您自己机器上的客户数据平台。</span></p></div>
</header>

<section><h2><b>1</b>Get a write key · <span lang="zh-CN">获取写入密钥</span></h2>
<p>The first start printed one. This makes another source with keys of its own:</p>
<p lang="zh-CN">首次启动时已打印一个。也可以新建一个数据源，得到它自己的密钥：</p>
<pre>./zuji source create shop</pre></section>

<section><h2><b>2</b>Send a first event · <span lang="zh-CN">发送第一个事件</span></h2>
<p>Put your key in place of <code>WRITE_KEY</code>. Segment, RudderStack, 神策 and PostHog clients work unchanged.</p>
<p lang="zh-CN">把 <code>WRITE_KEY</code> 换成您的密钥。
Segment、RudderStack、神策和 PostHog 的客户端无需改动即可使用。</p>
<pre>curl {address}/v1/track -u <mark>WRITE_KEY</mark>: \\
  -d '{{"event": "Hello", "userId": "u-1", "properties": {{"from": "curl"}}}}'</pre></section>

<section><h2><b>3</b>Watch it arrive · <span lang="zh-CN">看它到达</span></h2>
<p>Live events with what every stage did to them, and the person they became:</p>
<p lang="zh-CN">实时事件、每个处理阶段做了什么，以及由此形成的客户画像：</p>
<pre>./zuji tail --last 10
./zuji profile show user_id:u-1</pre></section>

<section><h2>Where to look · <span lang="zh-CN">入口</span></h2>
<ul><li><a href="{prefix}/console/">Console · <span lang="zh-CN">控制台</span></a>
<span>See it all and ask, in the browser.
<span lang="zh-CN">在浏览器中查看与分析。</span></span></li>
<li><a href="{prefix}/api/v1/docs">API</a><span>Every route, described.
<span lang="zh-CN">全部接口说明。</span></span></li>
<li><a href="{prefix}/health">Health · <span lang="zh-CN">健康状态</span></a><span>Lag, loss, alarms.
<span lang="zh-CN">延迟、丢失、告警。</span></span></li>
<li><a href="{prefix}/api/v1/openapi.json">OpenAPI</a>
<span>For programs. <span lang="zh-CN">供程序使用。</span></span></li>
<li><code>./zuji doctor</code><span>Is everything well? <span lang="zh-CN">一切正常吗？</span></span></li>
<li><code>./zuji demo</code><span>A simulated shop, live. <span lang="zh-CN">模拟商店，实时流量。</span></span></li>
<li><code>./zuji token create --role owner</code>
<span>A token for the API. <span lang="zh-CN">API 令牌。</span></span></li>
</ul></section></main></body></html>
"""


@dataclass(frozen=True)
class Address:
    """How the reader reached us, as far as it is harmless to repeat."""

    scheme: str
    host: str
    prefix: str = ""

    @classmethod
    def told(cls, scheme: str, host: str, prefix: str) -> Address:
        """From what a request says; what is no plain address is replaced by the usual one."""
        return cls(
            "https" if scheme == "https" else "http",
            host if HOST.fullmatch(host) else USUAL_HOST,
            prefix if PREFIX.fullmatch(prefix) else "",
        )

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.prefix}"


def first_page(address: Address) -> str:
    """The page for somebody who reached us at this address.

    >>> "curl https://zuji.shop.cn/v1/track" in first_page(Address.told("https", "zuji.shop.cn", ""))
    True
    """
    return _PAGE.format(style=STYLE, address=escape(str(address)), prefix=escape(address.prefix))
