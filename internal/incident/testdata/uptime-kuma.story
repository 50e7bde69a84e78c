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
