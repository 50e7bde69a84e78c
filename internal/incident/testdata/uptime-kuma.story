== 10:00 uptime-kuma/v2-down-port (open monitor:5)
new (m.text)
  DOWN Postgres: Connection failed
  Target 127.0.0.1:28542 · Since 09:52
== 11:00 uptime-kuma/v2-down-port (open monitor:5)
edit (m.text)
  DOWN Postgres: Connection failed
  down for 1 h 7 min, told 2× · Target 127.0.0.1:28542 · Since 09:52
== 11:12 uptime-kuma/v1-up-port-empty-msg (resolved monitor:5)
edit (m.notice)
  UP Postgres after 2 min
  Target 127.0.0.1:28552 · Ping 4 ms
reply (m.notice)
  UP Postgres after 2 min
== 11:20 uptime-kuma/v1-down-http-nasty (open monitor:2)
new (m.text)
  DOWN Nextcloud <b>Cloud</b> & "files" 🚀: Request failed with status code 503
  Target 127.0.0.1:28550 · Since 09:54 · Group Core services · Tags prod: eu · Description Line one line *two*
  http://127.0.0.1:28550/status?a=1&b=2
== 12:20 uptime-kuma/v1-down-resend (open monitor:2)
edit (m.text)
  DOWN Nextcloud <b>Cloud</b> & "files" 🚀: Request failed with status code 503
  down for 2 h 25 min, told 2× · Target 127.0.0.1:28550 · Since 09:54 · Group Core services · Tags prod: eu · Description Line one line *two*
  http://127.0.0.1:28550/status?a=1&b=2
== 13:20 uptime-kuma/v2-down-resend-unimportant (open monitor:2)
edit (m.text)
  DOWN Nextcloud <b>Cloud</b> & "files" 🚀: Request failed with status code 503
  down for 3 h 25 min, told 3× · Target 127.0.0.1:28540 · Since 09:54 · Group Core services · Tags prod: eu · Description Line one line *two*
  http://127.0.0.1:28540/status?a=1&b=2
  503 & "down"
