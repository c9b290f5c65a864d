"""Events as clients may well send them: numbers, keys, texts and spaces that a careless reader would change."""

ACTOR = '"action":"custom.odd","actor":{"type":"user","id":"u_9"}'

EVENTS = [
    # Nothing beyond what is required.
    "{%s}" % ACTOR,
    # Numbers in all their spellings.
    '{%s,"parameters":{"n":[0.1,-0.0,-0,1.50,1e3,100e-2,1E-7,1.25e-7,5e-324,4.35,0.30000000000000004,'
    "123456789.125,4503599627370495.5,9007199254740991,-9007199254740991,3.0,0.000001,2.2250738585072014e-308]}}" % ACTOR,
    # Keys whose order differs between code points and UTF-16, and keys that look alike.
    '{%s,"parameters":{"\uff61":1,"\U0001f600":2,"\ue000":3,"\u00f6":4,"o\u0308":5,"":6,"\U00010000":7,"\uffff":8}}' % ACTOR,
    # The same as escapes.
    '{%s,"parameters":{"\\uff61":1,"\\ud83d\\ude00":2,"\\u00f6":"\\u00F6\\u2028\\u007f\\u0001\\/\\"\\\\"}}' % ACTOR,
    # Names and texts in other scripts, and emoji that are several characters.
    '{"action":"user.invited","actor":{"type":"user","id":"\u00fc_9","name":"\u0130lker \u00c7a\u011flar","email":"i@example.com"},'
    '"targets":[{"type":"user","name":"\u674e\u5c0f\u9f99"},{"type":"user","name":"\U0001f469\u200d\U0001f680"}],'
    '"reason":"\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd"}',
    # Deep and mixed values; null is a value inside parameters and changes.
    '{%s,"parameters":{"a":{"b":{"c":[{"d":null},[],{},"",[[[0]]]]}},"n":null},'
    '"changes":[{"field":"role","old":null,"new":{"x":[1.5,null]}},{"field":"\U0001f511","new":null}]}' % ACTOR,
    # Empty members of a fixed meaning: they are not stored.
    '{%s,"reason":null,"parameters":{},"targets":[],"details":"","workspace":{"id":"ws_1","name":""},"context":{"ip":null}}' % ACTOR,
    # Every member at once, in an odd order and with spaces.
    ' { "changes" : [ { "new" : 2 , "old" : 1 , "field" : "seats" } ] , "severity" : "high" , "outcome" : "denied" ,\n'
    '  "source_sequence" : 0 , "occurred_at" : "2026-11-02T12:15:30.1234567+02:00" , "details" : "by hand" ,\n'
    '  "context" : { "ip" : "2001:db8::1" , "user_agent" : "curl/8" , "location" : "Z\\u00fcrich" , "request_id" : "r" ,\n'
    '  "session_id" : "s" , "correlation_id" : "c" , "traceparent" : "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } ,\n'
    '  "workspace" : { "name" : "Production" , "id" : "ws_1" } , "on_behalf_of" : { "id" : "x" , "type" : "service" } ,\n'
    '  "targets" : [ { "type" : "host" , "id" : "h/1~2" , "href" : "https://example.com/a?b=c&d" } ] , %s } ' % ACTOR,
    # Eleven targets: the pointer of the last has two digits.
    '{%s,"targets":[%s]}' % (ACTOR, ",".join('{"type":"user","id":"u_%d","name":"n"}' % n for n in range(11))),
]
