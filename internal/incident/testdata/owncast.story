== 10:00 owncast/STREAM_STARTED (open stream:https://stream.home.example)
new (m.text)
  LIVE Garage Radio <Live> & Friends: Friday night modular ⚡ <b>b</b>
  Soldering, synths & "stuff" 🎛️
  Watch: https://stream.home.example
== 12:13 owncast/STREAM_STOPPED (resolved stream:https://stream.home.example)
edit (m.notice)
  ENDED Garage Radio <Live> & Friends after 25 s
  https://stream.home.example
reply (m.notice)
  ENDED Garage Radio <Live> & Friends after 25 s
  https://stream.home.example
