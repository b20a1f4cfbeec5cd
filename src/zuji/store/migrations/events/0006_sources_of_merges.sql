-- What was merged stays for a minute beside what it was merged into. A disk that is full to the last byte can cut a
-- merged part short without anybody being told (seen with chDB 26: marks of 0 bytes); then what it was merged from
-- takes its place (`store/broken_parts.py`). Erasure does not wait for that: it sets the time to a second meanwhile.
ALTER TABLE zuji.events MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE zuji.profile_now MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE zuji.owner_slice MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE zuji.profiles MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE zuji.tag_now MODIFY SETTING old_parts_lifetime = 60;
