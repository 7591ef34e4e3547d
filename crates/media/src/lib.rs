//! RTP, RTCP and files.
