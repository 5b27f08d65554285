"""Simulator of what lies outside: Aliyun short messages, WeCom and the identity provider's keys.

One process speaks the providers' real HTTP protocols, so that the notify service runs the same code against it as
against the real ones. architecture/providers.md describes the protocols, the faults and the control interface.
"""
